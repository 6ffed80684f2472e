"""The areas of the permission matrix (A3) in words, as people choose among them for a program."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area

WORDS = {
    Area.LEADS: _("Leads and marketing"),
    Area.PROFILE: _("Customer files, basic"),
    Area.SENSITIVE: _("Sensitive values"),
    Area.TIMELINE: _("Timeline and follow-ups"),
    Area.DEALS: _("Deals and contracts"),
    Area.ORDERS: _("Orders, bills and usage"),
    Area.TICKETS: _("Tickets and knowledge"),
    Area.COMPLAINTS: _("Complaints"),
    Area.FEEDBACK: _("Feedback"),
    Area.STRATEGY: _("Segments and strategies"),
    Area.HEALTH: _("Health and churn"),
    Area.LOYALTY: _("Loyalty and campaigns"),
    Area.CONSENT: _("Consent, sharing and audit"),
    Area.TRAINING: _("Training and performance"),
    Area.SETTINGS: _("Settings"),
    Area.AUTOMATION: _("Automation"),
}
