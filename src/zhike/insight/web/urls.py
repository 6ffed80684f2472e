"""Addresses of insight's pages."""

from django.urls import path

from zhike.insight.web import churn, desk, foresight, matrix, nights, whatif

urlpatterns = [
    path("matrix/", matrix.matrix_page, name="matrix"),
    path("churn/", churn.churn_page, name="churn"),
    path("churn/what-if/", whatif.whatif_page, name="whatif"),
    path("churn/customers/", churn.churn_customers, name="churn_customers"),
    path("foresight/<uuid:uid>/", foresight.foresight_page, name="foresight"),
    path("nights/", nights.nights_page, name="nights"),
    path("nights/<uuid:uid>/", nights.night_page, name="night"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<uuid:uid>/publish/", desk.publish, name="warning_publish"),
    path("desk/<uuid:uid>/dismiss/", desk.dismiss, name="warning_dismiss"),
]
