"""Addresses of imports. Every member of staff may come; the services say who may bring in what."""

from __future__ import annotations

from django.urls import path

from zhike.foundation.access.routes import signed_in
from zhike.foundation.imports.web import pages

urlpatterns = [
    path("imports/", signed_in(pages.listing), name="imports"),
    path("imports/new/", signed_in(pages.new), name="import_new"),
    path("imports/<uuid:uid>/", signed_in(pages.page), name="import"),
    path("imports/<uuid:uid>/map/", signed_in(pages.mapping), name="import_map"),
    path("imports/<uuid:uid>/do/<str:step>/", signed_in(pages.do), name="import_do"),
    path("imports/<uuid:uid>/rejected.csv", signed_in(pages.rejected), name="import_rejected"),
    path("imports/<uuid:uid>/report.xlsx", signed_in(pages.report), name="import_report"),
]
