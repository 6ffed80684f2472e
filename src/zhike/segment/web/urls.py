"""Addresses of the strategy table."""

from django.urls import path

from zhike.segment.web import edit, files, table

urlpatterns = [
    path("strategies/", table.strategies_page, name="strategies"),
    path("strategies/print/", table.strategies_print, name="strategies_print"),
    path("strategies/export/<str:file_format>/", files.strategies_export, name="strategies_export"),
    path("strategies/import/", files.strategies_import_page, name="strategies_import"),
    path("strategies/new/", edit.strategy_new, name="strategy_new"),
    path("strategies/drafts/<uuid:uid>/approve/", edit.draft_approve, name="strategy_approve"),
    path("strategies/drafts/<uuid:uid>/set-aside/", edit.draft_set_aside, name="strategy_set_aside"),
    path("strategies/<str:code>/", table.strategy_page, name="strategy"),
    path("strategies/<str:code>/edit/", edit.strategy_edit, name="strategy_edit"),
    path("strategies/<str:code>/restore/", edit.strategy_back, name="strategy_restore"),
    path("strategies/<str:code>/retire/", edit.strategy_out, name="strategy_retire"),
]
