"""Addresses of the service room's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.ui import nav
from zhike.serve.web import desk, greetings, monitor

nav.add(
    nav.Section.SERVE,
    nav.Entry(_("Service desk"), "service_desk", "messages", Area.TICKETS, Level.EDIT, order=10),
    nav.Entry(_("Greetings ahead"), "service_greetings", "heart", Area.LOYALTY, order=55),
    nav.Entry(_("Service monitor"), "service_monitor", "gauge", Area.TICKETS, Level.FULL, order=90),
)

urlpatterns = [
    path("service/", desk.desk, name="service_desk"),
    path("service/monitor/", monitor.monitor, name="service_monitor"),
    path("service/greetings/", greetings.greetings, name="service_greetings"),
    path("service/<uuid:uid>/", desk.ticket, name="service_ticket"),
    path("service/<uuid:uid>/classify/", desk.classify, name="service_classify"),
    path("service/<uuid:uid>/say/", desk.say, name="service_say"),
]
