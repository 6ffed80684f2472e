"""The door of the customers room: what other rooms may call. Dataclasses in and out, bulk first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from zhike.customers.models import Contact, Customer, CustomerState, Interaction
from zhike.customers.models.series import take as numbers_take
from zhike.customers.reference import GROUPS, LIFECYCLES, RISKS, TIERS
from zhike.customers.selectors import contact_get, contacts_of, customer_get, states_by_band, states_seen
from zhike.customers.services.customer import customer_create, customer_delete, customer_reassign, customer_update
from zhike.customers.services.duplicates import ContactRow, CustomerRow
from zhike.customers.services.interaction import interaction_log
from zhike.customers.services.load import (
    InteractionRow,
    Loaded,
    customers_load,
    interactions_load,
)
from zhike.customers.services.measures import measures_set
from zhike.customers.services.persons import PersonFound, own_values, person_at
from zhike.customers.services.relation import cooperation_begin, customer_take_over
from zhike.customers.services.standing import customer_formalise
from zhike.customers.services.timeline import Line, timeline_add
from zhike.customers.timeline import Said, line_words
from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer

# Columns that a downstream selector may join on the customer or its state.
JOINABLE = ("id", "uid", "number", "name", "kind", "owner_id", "department_id", "state__tier", "state__health",
            "state__risk", "state__lifecycle", "state__main_cause")  # fmt: skip

# Kinds of interaction in which somebody of ours and somebody of theirs spoke with each other.
TALKS = ("call", "visit", "meeting", "wechat", "chat")

__all__ = [
    "GROUPS",
    "JOINABLE",
    "LIFECYCLES",
    "RISKS",
    "TALKS",
    "TIERS",
    "ContactCard",
    "ContactRow",
    "CustomerCard",
    "CustomerRow",
    "InteractionRow",
    "Line",
    "Loaded",
    "PersonFound",
    "Said",
    "cards_of",
    "contact_cards",
    "contact_get",
    "contacts_listed",
    "contacts_of",
    "cooperation_begin",
    "customer_create",
    "customer_delete",
    "customer_formalise",
    "customer_get",
    "customer_reassign",
    "customer_take_over",
    "customer_update",
    "customers_load",
    "interaction_log",
    "interactions_load",
    "last_talks",
    "line_words",
    "managers_of",
    "measures_set",
    "numbers_take",
    "own_values",
    "person_at",
    "states_by_band",
    "states_seen",
    "timeline_add",
]


@dataclass(frozen=True)
class CustomerCard:
    """What other rooms show of a customer: the name is masked for natural persons."""

    id: int
    uid: UUID
    number: str
    name: str
    kind: str
    owner_id: int | None
    department_id: int | None
    tier: str
    lifecycle: str
    health: float | None
    risk: str
    last_order_on: dt.date | None


def cards_of(viewer: Viewer, ids: Collection[int]) -> dict[int, CustomerCard]:
    """Cards of those of ``ids`` that the viewer may see, by id."""
    rows = scope.visible(viewer, Customer.objects.filter(pk__in=list(ids))).values_list(
        "id", "uid", "number", "name", "kind", "owner_id", "department_id",
        "state__tier", "state__lifecycle", "state__health", "state__risk", "state__last_order_on",
    )  # fmt: skip
    return {row[0]: CustomerCard(*row) for row in rows}


def managers_of(ids: Collection[int]) -> dict[int, int | None]:
    """The owner of each customer: the relation ``customer_manager`` of duties."""
    return dict(CustomerState.objects.filter(pk__in=list(ids)).values_list("pk", "owner_id"))


@dataclass(frozen=True)
class ContactCard:
    """A person at a customer as other rooms show them: everything personal is masked."""

    id: int
    uid: UUID
    customer_id: int
    name: str
    title: str
    phone: str
    is_primary: bool
    decision_role: str


def contacts_listed(viewer: Viewer, customer_id: int) -> list[ContactCard]:
    """The contacts of a customer the viewer may see, the primary one first."""
    rows = scope.visible(viewer, Contact.objects.filter(customer_id=customer_id)).order_by("-is_primary", "id")
    return [ContactCard(*row) for row in rows.values_list(*ContactCard.__dataclass_fields__)]


def contact_cards(customer_id: int) -> list[ContactCard]:
    """Contacts of a customer whom the caller has made sure the viewer may see, the primary one first."""
    rows = Contact.objects.filter(customer=customer_id, deleted_at=None).order_by("-is_primary", "id")
    return [ContactCard(*row) for row in rows.values_list(*ContactCard.__dataclass_fields__)]


def last_talks(ids: Collection[int], *, since: dt.datetime) -> dict[int, dt.datetime]:
    """When each of these customers was last talked to, not counting what was before ``since``."""
    talks = Interaction.objects.filter(customer__in=list(ids), kind__in=TALKS, at__gte=since, deleted_at=None)
    return dict(talks.order_by().values("customer").annotate(at=Max("at")).values_list("customer", "at"))
