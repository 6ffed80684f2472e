"""Addresses of the customer portal."""

from __future__ import annotations

from django.urls import path

from zhike.interfaces.portal.views import entrance, home, mine, packages, projects, requests

urlpatterns = [
    path("", home.home, name="portal_home"),
    path("sign-in/", entrance.sign_in, name="portal_sign_in"),
    path("sign-out/", entrance.sign_out, name="portal_sign_out"),
    path("welcome/<str:token>/", entrance.welcome, name="portal_welcome"),
    path("language/", mine.language, name="portal_language"),
    path("requests/", requests.requests, name="portal_requests"),
    path("requests/new/", requests.ask, name="portal_ask"),
    path("requests/<uuid:uid>/", requests.one, name="portal_request"),
    path("requests/<uuid:uid>/say/", requests.say, name="portal_say"),
    path("requests/<uuid:uid>/rate/", requests.rate, name="portal_rate"),
    path("complaints/<uuid:uid>/", requests.complaint, name="portal_complaint"),
    path("complaints/<uuid:uid>/rate/", requests.rate_complaint, name="portal_rate_complaint"),
    path("complaints/<uuid:uid>/opinion/", requests.opinion, name="portal_opinion"),
    path("projects/<uuid:uid>/", projects.project, name="portal_project"),
    path("projects/<uuid:uid>/comment/", projects.comment, name="portal_comment"),
    path("projects/<uuid:uid>/sign/", projects.sign, name="portal_sign"),
    path("packages/", packages.packages, name="portal_packages"),
    path("answers/", requests.answers, name="portal_answers"),
    path("me/", mine.me, name="portal_me"),
    path("me/change/", mine.change, name="portal_change"),
    path("me/consent/", mine.consent, name="portal_consent"),
]
