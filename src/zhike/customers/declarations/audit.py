"""Words of the log about customers, contacts and talks with them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "customer",
    _("Customer"),
    records="customers",
    actions={
        "customer.create": _("Opened a customer file"),
        "customer.update": _("Changed a customer file"),
        "customer.cooperation_begin": _("Noted the beginning of a cooperation"),
        "customer.take_over": _("Took a customer over"),
        "customer.reassign": _("Gave a customer to another owner"),
        "customer.formalise": _("Made a customer file formal"),
        "customer.delete": _("Put a customer file into the recycle bin"),
        "customer.restore": _("Took a customer file out of the recycle bin"),
        "customer.load": _("Loaded customer files"),
        "value.reveal": _("Opened a full personal value"),
    },
)
words.declare(
    "contact",
    _("Contact"),
    records="contacts",
    actions={
        "contact.create": _("Added a contact"),
        "contact.update": _("Changed a contact"),
        "contact.delete": _("Removed a contact"),
        "contact.restore": _("Took a contact out of the recycle bin"),
        "contact.load": _("Loaded contacts"),
    },
)
words.declare(
    "interaction",
    _("Follow-up"),
    records="interactions",
    actions={
        "interaction.log": _("Noted a follow-up"),
        "interaction.load": _("Loaded follow-ups"),
        "interaction.remove": _("Took loaded follow-ups back"),
    },
)
