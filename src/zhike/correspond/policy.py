"""The numbers of sending and receiving. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import flag, number, policy


@policy("correspond", "sending")
class SendingPolicy:
    """How often a message is tried, how far apart, and how much leaves at once."""

    tries_max: int = number(unit="times", minimum=1, maximum=100)
    retry_minutes: float = number(unit="minutes", minimum=0, maximum=1440)
    retry_longest_minutes: float = number(unit="minutes", minimum=0, maximum=10080)
    lease_minutes: float = number(unit="minutes", minimum=1, maximum=120)
    batch_count: int = number(unit="rows", minimum=1, maximum=1000)


@policy("correspond", "receiving")
class ReceivingPolicy:
    """How often the mailbox is looked into, and what of a message is taken in."""

    fetch_minutes: float = number(unit="minutes", minimum=1, maximum=1440)
    batch_count: int = number(unit="rows", minimum=1, maximum=1000)
    message_most_kib: int = number(unit="count", minimum=64, maximum=102400)
    text_most_characters: int = number(unit="count", minimum=1000, maximum=1000000)
    date_trusted_days: float = number(unit="days", minimum=0, maximum=366)
    attachments_most: int = number(unit="count", minimum=0, maximum=200)
    makes_tickets: bool = flag()
