"""The bulk form of opening customer files: for imports, the sample company and machines.

The same checks as one by one, per row; one audit entry and one event per batch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from zhike.customers.models import Contact, Customer, CustomerState, Interaction
from zhike.customers.models.series import take
from zhike.customers.rules import identity
from zhike.customers.services import indexing, personal
from zhike.customers.services.contact import PERSONAL as CONTACT_PERSONAL
from zhike.customers.services.timeline import Line, timeline_add
from zhike.events.customers import CustomersLoaded
from zhike.foundation import audit, outbox, search
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import ids

CHUNK = 2000


@dataclass(frozen=True)
class ContactRow:
    """One contact of a loaded customer: fields as of ``contact_create``."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class CustomerRow:
    """One customer to load: ``values`` are the fields of ``customer_create``."""

    external_id: str
    kind: str
    values: Mapping[str, Any]
    owner_id: int | None = None
    team_id: int | None = None
    standing: str = "formal"
    contacts: Sequence[ContactRow] = field(default=())


@dataclass(frozen=True)
class Loaded:
    """What became of a load: database ids by external id, and the rows refused with their problems."""

    ids: dict[str, int]
    refused: dict[str, dict[str, str]]


def customers_load(*, viewer: Viewer, rows: Sequence[CustomerRow], origin: str) -> Loaded:
    """Open many customer files, ``CHUNK`` to a transaction. Bad rows are refused one by one, the rest goes in.

    Raises: Forbidden.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    loaded = Loaded({}, {})
    places = {d.pk: d for d in Department.objects.all()}
    owners = dict(Person.objects.values_list("pk", "department_id"))
    for start in range(0, len(rows), CHUNK):
        _load_chunk(viewer, rows[start : start + CHUNK], origin, places, owners, loaded)
    return loaded


@transaction.atomic
def _load_chunk(
    viewer: Viewer,
    rows: Sequence[CustomerRow],
    origin: str,
    places: Mapping[int, Department],
    owners: Mapping[int, int | None],
    loaded: Loaded,
) -> None:
    customers: list[Customer] = []
    contacts: list[tuple[Customer, ContactRow]] = []
    secrets: dict[UUID, dict[str, str]] = {}
    for row, number in zip(rows, take("customer", len(rows)), strict=True):
        problems = _problems(row)
        if problems:
            loaded.refused[row.external_id] = problems
            continue
        customer = _customer(row, number, origin, viewer, secrets)
        customer.department_id = owners.get(row.owner_id) if row.owner_id else None
        place = places.get(customer.department_id) if customer.department_id else None
        for level in (1, 2, 3):
            setattr(customer, f"ancestor_{level}", getattr(place, f"ancestor_{level}_id") if place else None)
        customers.append(customer)
        contacts += [(customer, contact) for contact in row.contacts]
    Customer.objects.bulk_create(customers)
    Contact.objects.bulk_create([_contact(customer, row, origin, viewer, secrets) for customer, row in contacts])
    vault.store(secrets)
    scoped = ("owner_id", "team_id", "department_id", "ancestor_1", "ancestor_2", "ancestor_3")
    CustomerState.objects.bulk_create(
        [CustomerState(customer_id=c.pk, **{column: getattr(c, column) for column in scoped}) for c in customers]
    )
    indexing.index(customers)
    loaded.ids.update({c.external_id: c.pk for c in customers})
    batch = [(c.pk, hashlib.sha256(f"{c.number}|{c.name}|{c.external_id}".encode()).hexdigest()) for c in customers]
    audit.record(viewer, "customer.load", kind="customer", object_id=None, object_uid=None, batch=batch)
    outbox.publish(CustomersLoaded(batch_uid=str(ids.uid()), count=len(customers), origin=origin))


def _problems(row: CustomerRow) -> dict[str, str]:
    problems: dict[str, str] = {}
    if row.kind not in ("firm", "person"):
        problems["kind"] = "not_an_option"
    if not str(row.values.get("name") or "").strip():
        problems["name"] = "required"
    for kind, check in (("phone", identity.phone), ("email", identity.email), ("id_number", identity.id_number),
                        ("credit_code", identity.credit_code)):  # fmt: skip
        found = check(str(row.values.get(kind) or "")).problem
        if found:
            problems[kind] = found
    return problems


def _customer(
    row: CustomerRow, number: int, origin: str, viewer: Viewer, secrets: dict[UUID, dict[str, str]]
) -> Customer:
    values = dict(row.values)
    name = str(values["name"]).strip()
    is_firm = row.kind == "firm"
    customer = Customer(
        kind=row.kind, number=f"C{number:07d}", external_id=row.external_id, origin=origin, standing=row.standing,
        owner_id=row.owner_id, team_id=row.team_id, created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
        name_key=search.sort_key(name if is_firm else name[:1])[:120],
        name_normal=identity.normal_name(name)[:120] if is_firm else "",
    )  # fmt: skip
    if not is_firm:
        values, secret = personal.split(values, personal.PERSONAL)
        secrets[customer.uid] = secret
    for column, value in values.items():
        setattr(customer, column, value)
    return customer


def _contact(
    customer: Customer, row: ContactRow, origin: str, viewer: Viewer, secrets: dict[UUID, dict[str, str]]
) -> Contact:
    values, secret = personal.split(row.values, CONTACT_PERSONAL)
    contact = Contact(
        customer=customer, owner_id=customer.owner_id, department_id=customer.department_id, origin=origin,
        created_by_id=viewer.person_id, **values,
    )  # fmt: skip
    secrets[contact.uid] = secret
    return contact


class InteractionRow(NamedTuple):
    """A talk with a customer as history; ``customer`` and ``owner`` are database ids."""

    external_id: str
    customer: int
    owner: int | None
    kind: str
    direction: str
    at: dt.datetime
    feedback: str
    change_in_needs: str
    next_action: str
    next_on: dt.date | None
    mentions: str


def interactions_load(*, viewer: Viewer, rows: Sequence[InteractionRow], origin: str) -> int:
    """Load talks with a line each on the timeline. They are history: no duty is met by them. Raises: Forbidden."""
    written = facts_load(
        viewer=viewer, model=Interaction, area=Area.TIMELINE, fields=InteractionRow._fields, rows=rows, origin=origin
    )
    timeline_add(
        [
            Line(
                row.customer, row.at, "timeline", "interaction",
                {"interaction_kind": row.kind, "direction": row.direction, "feedback": row.feedback,
                 "change_in_needs": row.change_in_needs, "next_action": row.next_action,
                 "next_on": row.next_on.isoformat() if row.next_on else ""},
                row.owner, "interactions", None, is_contact=row.kind != "note",
            )
            for row in rows
        ]
    )  # fmt: skip
    return written
