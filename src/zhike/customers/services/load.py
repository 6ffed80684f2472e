"""The bulk form of opening customer files: for imports, the sample company and machines.

The same checks as one by one, per row; one audit entry and one event per batch.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from zhike.customers.models import Contact, Customer, CustomerState, Interaction
from zhike.customers.models.series import take
from zhike.customers.rules import identity
from zhike.customers.services import checking, duplicates, indexing, personal
from zhike.customers.services.contact import PERSONAL as CONTACT_PERSONAL
from zhike.customers.services.duplicates import CustomerRow
from zhike.customers.services.timeline import Line, timeline_add
from zhike.events.customers import CustomersLoaded
from zhike.foundation import audit, outbox, search
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import bulk, ids

CHUNK = 2000


@dataclass(frozen=True)
class Loaded:
    """What became of a load: database ids by external id or reference, and the rows refused with their problems."""

    ids: dict[str, int]
    refused: dict[str, dict[str, str]]
    taken: dict[str, duplicates.Checked] | None = None  # what was accepted in normal form, where somebody asked for it


def customers_load(
    *, viewer: Viewer, rows: Sequence[CustomerRow], origin: str, accept_duplicates: bool = False, keeps: bool = False
) -> Loaded:
    """Open many customer files, ``CHUNK`` to a transaction. Bad rows are refused one by one, the rest goes in.

    A row whose external id, credit code, firm name or person's phone stands in a file already, or in a row before
    it, is refused as ``duplicate``; with ``accept_duplicates`` only the external id counts. With ``keeps`` the outcome
    holds the accepted rows in normal form.
    Raises: Forbidden.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    loaded = Loaded({}, {}, {} if keeps else None)
    places = {d.pk: d for d in Department.objects.all()}
    owners = dict(Person.objects.filter(is_active=True).values_list("pk", "department_id"))
    for start in range(0, len(rows), CHUNK):
        _load_chunk(viewer, rows[start : start + CHUNK], origin, places, owners, accept_duplicates, loaded)
    return loaded


@transaction.atomic
def _load_chunk(
    viewer: Viewer,
    rows: Sequence[CustomerRow],
    origin: str,
    places: Mapping[int, Department],
    owners: Mapping[int, int | None],
    accept_duplicates: bool,
    loaded: Loaded,
) -> None:
    fit = _fit(rows, owners, loaded.refused)
    # The number comes first: who opens files waits here, and so never while holding a mark that another needs.
    numbers = take("customer", len(fit))
    known = duplicates.Known(fit, origin, by_external_id_only=accept_duplicates)
    customers: list[Customer] = []
    keys: list[str] = []
    contacts: list[tuple[Customer, dict[str, Any]]] = []
    secrets: dict[UUID, dict[str, str]] = {}
    for checked, number in zip(fit, numbers, strict=True):
        if clash := known.clash(checked):
            loaded.refused[checked.row.key] = {clash: "duplicate"}
            continue
        customer = _customer(checked, number, origin, viewer, secrets)
        customer.department_id = owners.get(customer.owner_id) if customer.owner_id else None
        place = places.get(customer.department_id) if customer.department_id else None
        for level in (1, 2, 3):
            setattr(customer, f"ancestor_{level}", getattr(place, f"ancestor_{level}_id") if place else None)
        customers.append(customer)
        keys.append(checked.row.key)
        if loaded.taken is not None:
            loaded.taken[checked.row.key] = checked
        contacts += [(customer, contact) for contact in checked.contacts]
    if not customers:
        return
    bulk.create(customers)
    bulk.create([_contact(customer, one, origin, viewer, secrets) for customer, one in contacts])
    vault.store({uid: values for uid, values in secrets.items() if values})
    scoped = ("owner_id", "team_id", "department_id", "ancestor_1", "ancestor_2", "ancestor_3", "created_at")
    bulk.create(
        [CustomerState(customer_id=c.pk, **{column: getattr(c, column) for column in scoped}) for c in customers]
    )
    indexing.index(customers)
    loaded.ids.update(dict(zip(keys, (c.pk for c in customers), strict=True)))
    batch = [(c.pk, audit.digest_of({"number": c.number, "name": c.name, "from": c.external_id})) for c in customers]
    audit.record(viewer, "customer.load", kind="customer", object_id=None, object_uid=None, batch=batch)
    outbox.publish(CustomersLoaded(batch_uid=str(ids.uid()), count=len(customers), origin=origin))


def _fit(
    rows: Sequence[CustomerRow], owners: Mapping[int, int | None], refused: dict[str, dict[str, str]]
) -> list[duplicates.Checked]:
    """Rows in normal form; those that cannot be accepted go to ``refused`` with their problems."""
    fit = []
    for row in rows:
        values, problems = checking.customer_values(row.kind, row.values, is_new=True)
        contacts = [checking.contact_values(contact.values, is_new=True) for contact in row.contacts]
        for number, (_clean, wrong) in enumerate(contacts, start=1):
            problems |= {f"contact {number} {field}": problem for field, problem in wrong.items()}
        if row.owner_id is not None and row.owner_id not in owners:
            problems["owner"] = "no_such_person"
        if problems:
            refused[row.key] = problems
        else:
            fit.append(duplicates.Checked(row, values, tuple(clean for clean, _wrong in contacts)))
    return fit


def _customer(
    checked: duplicates.Checked, number: int, origin: str, viewer: Viewer, secrets: dict[UUID, dict[str, str]]
) -> Customer:
    row, values = checked.row, checked.values
    name, is_firm = values["name"], row.kind == "firm"
    customer = Customer(
        kind=row.kind, number=f"C{number:07d}", external_id=row.external_id, origin=origin, standing=row.standing,
        owner_id=row.owner_id, team_id=row.team_id, created_by_id=row.created_by_id or viewer.person_id,
        updated_by_id=viewer.person_id,
        name_key=search.sort_key(name if is_firm else name[:1])[:120],
        name_normal=identity.normal_name(name)[:120] if is_firm else "",
    )  # fmt: skip
    if row.created_at is not None:
        customer.created_at = row.created_at
    if not is_firm:
        values, secret = personal.split(values, personal.PERSONAL)
        secrets[customer.uid] = secret
    for column, value in values.items():
        setattr(customer, column, value)
    if not is_firm:
        personal.birthday_marked(customer, values, secrets[customer.uid])
    return customer


def _contact(
    customer: Customer, values: Mapping[str, Any], origin: str, viewer: Viewer, secrets: dict[UUID, dict[str, str]]
) -> Contact:
    plain, secret = personal.split(values, CONTACT_PERSONAL)
    contact = Contact(
        customer=customer, owner_id=customer.owner_id, department_id=customer.department_id, origin=origin,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id, **plain,
    )  # fmt: skip
    personal.birthday_marked(contact, values, secret)
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
