"""The door of compliance: texts, consents, and whether a use is allowed."""

from zhike.comply.models.text import Channel, Purpose
from zhike.comply.rules.use import Use
from zhike.comply.selectors import TextShown, contacts_may_use, may_use, text_in_force
from zhike.comply.services.consent import consent_record, consent_withdraw
from zhike.comply.services.text import consent_text_publish

__all__ = [
    "Channel",
    "Purpose",
    "TextShown",
    "Use",
    "consent_record",
    "consent_text_publish",
    "consent_withdraw",
    "contacts_may_use",
    "may_use",
    "text_in_force",
]
