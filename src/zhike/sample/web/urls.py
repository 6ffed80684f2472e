"""Addresses of the sample company's page."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.ui import nav
from zhike.sample.web import page

nav.add(nav.Section.SETTINGS, nav.Entry(_("Sample company"), "sample", "flask", Area.SETTINGS, Level.EDIT, order=95))

urlpatterns = [
    path("sample/", page.sample_page, name="sample"),
    path("sample/load/", page.load, name="sample_load"),
    path("sample/remove/", page.remove, name="sample_remove"),
]
