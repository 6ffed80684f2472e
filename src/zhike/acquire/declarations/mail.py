"""What acquiring makes of mail that came in."""

from __future__ import annotations

from zhike.acquire.services.mail import lead_fields, letter_to_lead
from zhike.correspond.public import Turn, turns_into

turns_into("leads", Turn(letter_to_lead, lead_fields))
