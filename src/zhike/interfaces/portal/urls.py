"""Addresses of the customer portal."""

from __future__ import annotations

from django.urls import path

from zhike.interfaces.portal.views import entrance, home, mine

urlpatterns = [
    path("", home.home, name="portal_home"),
    path("sign-in/", entrance.sign_in, name="portal_sign_in"),
    path("sign-out/", entrance.sign_out, name="portal_sign_out"),
    path("welcome/<str:token>/", entrance.welcome, name="portal_welcome"),
    path("language/", mine.language, name="portal_language"),
    path("me/", mine.me, name="portal_me"),
]
