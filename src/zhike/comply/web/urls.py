"""Addresses of compliance that are more than records."""

from django.urls import path

from zhike.comply.web import consent, text

urlpatterns = [
    path("customers/<uuid:uid>/consent/", consent.page, name="consent"),
    path("customers/<uuid:uid>/consent/record/", consent.record, name="consent_record"),
    path("customers/<uuid:uid>/consent/withdraw/", consent.withdraw, name="consent_withdraw"),
    path("comply/texts/new/", text.new, name="consent_text_new"),
]
