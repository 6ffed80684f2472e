"""Addresses of correspondence that are more than records."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from zhike.correspond.web import mail, template
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.ui import nav

nav.add(
    nav.Section.CUSTOMERS,
    nav.Entry(_("Edit a template"), "template_edit", "pencil", Area.LOYALTY, Level.EDIT, order=57),
)
nav.add(nav.Section.SETTINGS, nav.Entry(_("Mail"), "mail", "mail", Area.SETTINGS, Level.EDIT, order=30))
urlpatterns = [
    path("correspond/mail/", mail.mail, name="mail"),
    path("correspond/templates/edit/", template.edit, name="template_edit"),
]
