"""The root of all addresses."""

from __future__ import annotations

from django.urls import include, path

from zhike.interfaces.api import mount, pages
from zhike.interfaces.portal.views import staff as portal_staff

urlpatterns = [
    path("api/", include(mount.patterns())),
    path("me/tokens/", include(pages.patterns())),
    path("portal/", include("zhike.interfaces.portal.urls")),
    path("portal_accounts/<uuid:uid>/link/", portal_staff.link, name="portal_link"),
    path("", include("zhike.interfaces.web.urls")),
]
handler500 = "zhike.interfaces.web.views.errors.broken"
handler404 = "zhike.interfaces.web.views.errors.missing"
