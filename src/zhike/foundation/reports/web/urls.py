"""Addresses of reports."""

from django.urls import path

from zhike.foundation.reports.web import acts, archive, one

urlpatterns = [
    path("reports/", archive.reports, name="reports"),
    path("reports/<uuid:uid>/", one.report, name="report_issue"),
    path("reports/<uuid:uid>/compare/", one.compare, name="report_compare"),
    path("reports/<uuid:uid>/chart/<str:code>/", one.chart, name="report_chart"),
    path("reports/<uuid:uid>/export/<str:file_format>/", one.export, name="report_export"),
    path("reports/<uuid:uid>/do/<str:act>/", acts.do, name="report_do"),
    path("reports/<str:code>/<str:period>/", archive.of_period, name="report"),
]
