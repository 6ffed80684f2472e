"""The door of the customers room: what other rooms may call. Dataclasses in and out, bulk first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from zhike.customers.models import Contact, Customer, CustomerState, Interaction, TimelineEntry
from zhike.customers.models.contact import DecisionRole
from zhike.customers.models.series import take as numbers_take
from zhike.customers.reference import GROUPS, INDUSTRIES, LIFECYCLES, REGIONS, RISKS, STRATEGIES, TIERS
from zhike.customers.selectors import contact_get, contacts_of, customer_get, states_by_band, states_seen
from zhike.customers.services.addressees import AddresseeCard, addressees, customers_after, primary_addressees
from zhike.customers.services.birthdays import Addressee, birthdays_at, has_birthday
from zhike.customers.services.checking import own_data_checked
from zhike.customers.services.contact import contact_update
from zhike.customers.services.customer import (
    customer_create,
    customer_delete,
    customer_reassign,
    customer_restore,
    customer_update,
)
from zhike.customers.services.duplicates import ContactRow, CustomerRow
from zhike.customers.services.interaction import interaction_log
from zhike.customers.services.load import (
    InteractionRow,
    Loaded,
    customers_load,
    interactions_load,
)
from zhike.customers.services.mail import MailPerson, mail_person, reachable_by_mail, whose_mail
from zhike.customers.services.measures import measures_set
from zhike.customers.services.persons import PersonFound, own_values, person_at
from zhike.customers.services.relation import cooperation_begin, customer_take_over
from zhike.customers.services.reveal import contact_reveal, customer_reveal
from zhike.customers.services.standing import customer_formalise
from zhike.customers.services.taking_in import (
    Taken,
    customer_hand_over,
    customer_hold,
    customer_take_in,
    customers_hold,
)
from zhike.customers.services.timeline import Line, timeline_add, timeline_forget
from zhike.customers.strategies import strategies_from
from zhike.customers.timeline import Said, SaidLine, line_words, said
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer

# Columns that a downstream selector may join on the customer or its state.
JOINABLE = ("id", "uid", "number", "name", "kind", "owner_id", "department_id", "state__tier", "state__health",
            "state__risk", "state__lifecycle", "state__main_cause")  # fmt: skip

# Kinds of interaction in which somebody of ours and somebody of theirs spoke with each other.
TALKS = ("call", "visit", "meeting", "wechat", "chat")

__all__ = [
    "GROUPS",
    "INDUSTRIES",
    "JOINABLE",
    "LIFECYCLES",
    "REGIONS",
    "RISKS",
    "STRATEGIES",
    "TALKS",
    "TIERS",
    "Addressee",
    "AddresseeCard",
    "ContactCard",
    "ContactRow",
    "CustomerCard",
    "CustomerRow",
    "DecisionContact",
    "InteractionRow",
    "Line",
    "Loaded",
    "MailPerson",
    "PersonFound",
    "Profile",
    "Said",
    "SaidLine",
    "Taken",
    "addressees",
    "birthdays_at",
    "cards_of",
    "contact_cards",
    "contact_get",
    "contact_reveal",
    "contact_uid_of",
    "contact_update",
    "contacts_listed",
    "contacts_of",
    "contacts_shown",
    "cooperation_begin",
    "customer_create",
    "customer_delete",
    "customer_formalise",
    "customer_get",
    "customer_hand_over",
    "customer_hold",
    "customer_reassign",
    "customer_restore",
    "customer_reveal",
    "customer_take_in",
    "customer_take_over",
    "customer_uid_of",
    "customer_update",
    "customers_after",
    "customers_exist",
    "customers_hold",
    "customers_load",
    "has_birthday",
    "interaction_log",
    "interactions_load",
    "last_talks",
    "line_words",
    "lines_about",
    "mail_person",
    "managers_of",
    "measures_set",
    "numbers_take",
    "own_data_checked",
    "own_values",
    "people_counted",
    "person_at",
    "primary_addressees",
    "profile_of",
    "reachable_by_mail",
    "states_by_band",
    "states_seen",
    "strategies_from",
    "teammates_of",
    "timeline_add",
    "timeline_forget",
    "whose_mail",
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


def customers_exist() -> bool:
    """Whether there is any customer, of whatever origin: the answer tells nothing about one."""
    return Customer._base_manager.exists()


def cards_of(viewer: Viewer, ids: Collection[int]) -> dict[int, CustomerCard]:
    """Cards of those of ``ids`` that the viewer may see, by id."""
    rows = scope.visible(viewer, Customer.objects.filter(pk__in=list(ids))).values_list(
        "id", "uid", "number", "name", "kind", "owner_id", "department_id",
        "state__tier", "state__lifecycle", "state__health", "state__risk", "state__last_order_on",
    )  # fmt: skip
    return {row[0]: CustomerCard(*row) for row in rows}


def teammates_of(customer_id: int) -> list[int]:
    """Members of the team that looks after a customer, in the order they came."""
    rows = Customer.objects.filter(pk=customer_id, team__members__isnull=False).order_by("team__members")
    return list(rows.values_list("team__members", flat=True))


@dataclass(frozen=True)
class DecisionContact:
    """A contact as other rooms show it: name and phone masked, and the part played in decisions, in words."""

    uid: UUID
    name: str
    title: str
    decision_role: str
    phone: str
    is_primary: bool


def contacts_shown(viewer: Viewer, customer_id: int) -> list[DecisionContact]:
    """Contacts of a customer already seen, who decides first. Raises: Forbidden."""
    viewer.require(Area.PROFILE, Level.BASIC)
    order = [role.value for role in (DecisionRole.DECIDER, DecisionRole.SIGNER, DecisionRole.INFLUENCER)]
    rows = Contact.objects.filter(customer_id=customer_id, deleted_at=None).order_by("-is_primary", "id")
    ranked = sorted(rows, key=lambda c: order.index(c.decision_role) if c.decision_role in order else len(order))
    return [
        DecisionContact(c.uid, c.name, c.title, str(c.get_decision_role_display()), c.phone, c.is_primary)
        for c in ranked
    ]


def lines_about(viewer: Viewer, customer_id: int, subject_uid: UUID) -> list[SaidLine]:
    """Lines of the timeline about one record of a customer already seen, oldest first, in the viewer's language."""
    areas = [str(area) for area in Area if viewer.may(area, Level.BASIC)]
    entries = TimelineEntry.objects.filter(customer_id=customer_id, subject_uid=subject_uid, area__in=areas)
    return [said(entry, viewer.language) for entry in entries.order_by("at", "id")]


def managers_of(ids: Collection[int]) -> dict[int, int | None]:
    """The owner of each customer: the relation ``customer_manager`` of duties."""
    return dict(CustomerState.objects.filter(pk__in=list(ids)).values_list("pk", "owner_id"))


@dataclass(frozen=True)
class Profile:
    """What of a customer tells whether it fits a target: codes of :mod:`.reference`, empty where unknown."""

    kind: str
    industry: str
    region: str
    staff_count: int | None


def profile_of(customer_id: int) -> Profile:
    """The profile of a customer, for a rule; nothing personal."""
    columns = ("kind", "industry", "region", "staff_count")
    return Profile(*Customer.objects.filter(pk=customer_id).values_list(*columns).get())


def people_counted(viewer: Viewer) -> int:
    """How many natural persons are among the customers that the viewer may see."""
    return scope.visible(viewer, Customer.objects.filter(kind="person")).count()


def customer_uid_of(customer_id: int) -> UUID:
    """The uid of a customer that a room points to."""
    return Customer.objects.values_list("uid", flat=True).get(pk=customer_id)


def contact_uid_of(contact_id: int) -> UUID:
    """The uid of a contact that a room points to."""
    return Contact.objects.values_list("uid", flat=True).get(pk=contact_id)


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
