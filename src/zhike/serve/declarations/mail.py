"""What service makes of mail that came in."""

from __future__ import annotations

from zhike.correspond.public import Turn, turns_into
from zhike.serve.services.mail import letter_to_ticket

turns_into("tickets", Turn(letter_to_ticket, lambda: ()))
