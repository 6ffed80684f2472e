"""What the customers room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("customers.CustomerCreated")
class CustomerCreated(Event):
    """A customer file was opened."""

    customer_id: int
    kind: str


@event("customers.CustomerChanged")
class CustomerChanged(Event):
    """Fields of a customer file changed; ``fields`` names them, values stay in the record and the audit."""

    customer_id: int
    fields: tuple[str, ...]


@event("customers.CustomerMadeFormal")
class CustomerMadeFormal(Event):
    """A provisional file became formal: notice, consent and verification are there.

    ``verified_by`` says by what the identity was verified.
    """

    customer_id: int
    verified_by: str
    person_id: int | None


@event("customers.CustomerReassigned")
class CustomerReassigned(Event):
    """A customer has another owner or department."""

    customer_id: int
    owner_before: int | None
    owner_after: int | None


@event("customers.CustomerDeleted")
class CustomerDeleted(Event):
    """A customer file went to the recycle bin."""

    customer_id: int


@event("customers.CustomerRestored")
class CustomerRestored(Event):
    """A customer file came back from the recycle bin. Clocks that its deletion stopped do not start again."""

    customer_id: int


@event("customers.CustomersLoaded")
class CustomersLoaded(Event):
    """A batch of customer files came in by import, sample or machine: numbers ``first`` to ``last``."""

    batch_uid: str
    count: int

    @property
    def key(self) -> str:
        return f"batch:{self.batch_uid}"


@event("customers.ContactsLoaded")
class ContactsLoaded(Event):
    """A batch of contacts came in from a file: how many."""

    batch_uid: str
    count: int

    @property
    def key(self) -> str:
        return f"batch:{self.batch_uid}"


@event("customers.ContactChanged")
class ContactChanged(Event):
    """A contact of a customer was added, changed, removed or restored (``what`` says which)."""

    customer_id: int
    contact_id: int
    what: str


@event("customers.InteractionLogged")
class InteractionLogged(Event):
    """Somebody talked with the customer, wrote to them or made a note.

    ``at`` is when it was written down, ``made_at`` when it happened.
    """

    customer_id: int
    interaction_id: int
    interaction_uid: str
    made_at: dt.datetime
    kind: str
    direction: str
    person_id: int | None
    mentions: str
