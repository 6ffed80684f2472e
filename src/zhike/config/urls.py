"""The root of all addresses."""

from __future__ import annotations

from django.urls import include, path

from zhike.interfaces.api import mount

urlpatterns = [
    path("api/", include(mount.patterns())),
    path("", include("zhike.interfaces.web.urls")),
]
handler500 = "zhike.interfaces.web.views.errors.broken"
handler404 = "zhike.interfaces.web.views.errors.missing"
