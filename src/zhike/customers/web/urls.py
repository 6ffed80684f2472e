"""Addresses of the customer page."""

from django.urls import path

from zhike.customers.web import page

urlpatterns = [
    path("customers/<uuid:uid>/", page.customer_page, name="customer"),
    path("customers/<uuid:uid>/foot/", page.foot, name="customer_foot"),
    path("customers/<uuid:uid>/formal/", page.formalise, name="customer_formalise"),
    path("customers/<uuid:uid>/timeline/", page.timeline, name="customer_timeline"),
    path("customers/<uuid:uid>/follow-up/", page.follow_up, name="customer_follow_up"),
]
