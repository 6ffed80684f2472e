"""Addresses of the public form, and of the leads that other numbers would grade otherwise."""

from django.urls import path

from zhike.acquire.web import hello, regraded

urlpatterns = [
    path("hello/", hello.hello, name="hello"),
    path("hello/thanks/", hello.thanks, name="hello_thanks"),
    path("foresight/leads/", regraded.regraded, name="leads_regraded"),
]
