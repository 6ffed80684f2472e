"""Addresses of automation that are more than records."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from zhike.automate.web import build, events, halt, secret
from zhike.foundation.access.matrix import Area
from zhike.foundation.ui import nav

nav.add(nav.Section.SETTINGS, nav.Entry(_("Automation"), "automation", "robot", Area.AUTOMATION, order=59))
urlpatterns = [
    path("automation/", halt.automation, name="automation"),
    path("automation/halt/", halt.halt, name="automation_halt"),
    path("automation/resume/", halt.resume, name="automation_resume"),
    path("rules/<uuid:uid>/build/", build.build, name="rule_build"),
    path("webhooks/<uuid:uid>/secret/", secret.secret, name="webhook_secret"),
    path("webhooks/<uuid:uid>/events/", events.choose, name="webhook_events"),
]
