"""What the acquire room tells the others."""

from __future__ import annotations

from zhike.foundation.outbox.event import Event, event


@event("acquire.LeadTaken")
class LeadTaken(Event):
    """An inquiry came in by ``channel`` (form, hand, program); the ``inquiries``-th of this lead."""

    customer_id: int
    lead_id: int
    lead_uid: str
    channel: str
    inquiries: int
    person_id: int | None


@event("acquire.LeadGraded")
class LeadGraded(Event):
    """A lead was graded anew, by rule or by ``person_id``."""

    customer_id: int
    lead_id: int
    before: str
    after: str
    person_id: int | None


@event("acquire.LeadClaimed")
class LeadClaimed(Event):
    """A lead has another owner: claimed from the pool, assigned, or given back (``owner_after`` is None)."""

    customer_id: int
    lead_id: int
    lead_uid: str
    owner_before: int | None
    owner_after: int | None
    person_id: int | None


@event("acquire.FirstContactMade")
class FirstContactMade(Event):
    """Somebody talked with the lead for the first time and decided whether to go on."""

    customer_id: int
    lead_id: int
    person_id: int | None
    is_go: bool


@event("acquire.LeadConverted")
class LeadConverted(Event):
    """A lead is worth winning: the sales room opens an opportunity called ``title`` (the need of the lead) from it.

    ``person_id`` converted the lead; ``owner_id`` owns it and so its customer.
    """

    customer_id: int
    lead_id: int
    lead_uid: str
    person_id: int | None
    owner_id: int | None
    title: str


@event("acquire.LeadDropped")
class LeadDropped(Event):
    """A lead is not followed any longer, for ``reason`` (a code)."""

    customer_id: int
    lead_id: int
    reason: str
    person_id: int | None
