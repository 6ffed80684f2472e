"""Taking in somebody who asks: their file is found, or opened as provisional and potential."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from zhike.customers.models import Contact, Customer, CustomerState
from zhike.customers.rules import identity
from zhike.customers.services import checking, customer, duplicates
from zhike.customers.services.contact import contact_added
from zhike.events.customers import CustomerChanged, CustomerReassigned
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.records import rows

_BLANKS = ("industry", "region", "staff_count")


@dataclass(frozen=True)
class Taken:
    """The file of somebody who asked: found, perhaps ``is_formal``, or opened just now (``is_new``)."""

    customer_id: int
    customer_uid: UUID
    owner_id: int | None
    contact_id: int | None
    is_new: bool
    is_formal: bool = False


@transaction.atomic
def customer_take_in(
    *,
    viewer: Viewer,
    kind: str,
    values: Mapping[str, Any],
    contact: Mapping[str, Any] | None = None,
    owner_id: int | None = None,
    department_id: int | None = None,
    is_verified: bool = True,
) -> Taken:
    """Find the file of somebody who asks, or open one: provisional, 潜在, of ``owner_id`` or nobody.

    A firm is known by its credit code, else by its name in normal form; a person by telephone, else by e-mail. The
    search goes beyond the viewer's reach, and what it found is told to the caller alone. ``contact`` (of a firm) is
    added unless somebody with that telephone or e-mail is there. In a provisional file industry, region and size are
    filled in where they were unknown; nothing is overwritten. Where nobody knows who asks (``is_verified`` is False),
    a formal file stays as it is: a contact that is there is named, none is added.
    Posts that enter leads may call it without the right to edit files. Raises: Forbidden, Invalid.
    """
    _require(viewer)
    clean = checking.accepted(checking.customer_values(kind, values, is_new=True))
    whom = checking.accepted(checking.contact_values(contact, is_new=True)) if contact and kind == "firm" else None
    found = _known(kind, clean)
    is_new = found is None
    if found is None:
        # In the order of all who open files: the number, then the marks.
        number = customer.number_taken()
        duplicates.hold(_marks(kind, clean))
        found = _known(kind, clean)
        is_new = found is None
    if found is None:
        found = customer.file_opened(
            viewer, kind, clean, number, owner_id=owner_id, department_id=department_id,
            lifecycle="potential", lifecycle_since=clock.today(),
        )  # fmt: skip
    elif found.standing == "provisional":
        _fill_blanks(viewer, found, clean)
    is_formal = found.standing == "formal"
    person = _contact(viewer, found, whom, may_add=is_verified or not is_formal) if whom else None
    return Taken(found.pk, found.uid, found.owner_id, person, is_new, is_formal)


@transaction.atomic
def customer_hand_over(
    *, viewer: Viewer, customer_id: int, from_owner_id: int | None, to_owner_id: int | None,
    department_id: int | None = None,
) -> int | None:  # fmt: skip
    """Let a file change hands together with the lead on it. Returns who owns the file afterwards.

    Only a file that nobody owns, or a provisional one of ``from_owner_id``: a customer's owner is not taken away.
    Raises: Forbidden, Invalid (no such person).
    """
    _require(viewer)
    held = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer_id)
    is_theirs = held.standing == "provisional" and held.owner_id == from_owner_id
    before = held.owner_id
    if before == to_owner_id or not (before is None or is_theirs):
        return before
    customer.assign(held, to_owner_id, department_id)
    rows.renewed(viewer, held)
    CustomerState.objects.filter(pk=held.pk).update(**customer.state_scope(held))
    audit.record(
        viewer, "customer.reassign", kind="customer", object_id=held.pk, object_uid=held.uid,
        before={"owner_id": before}, after={"owner_id": to_owner_id}, reason="lead",
    )  # fmt: skip
    outbox.publish(CustomerReassigned(customer_id=held.pk, owner_before=before, owner_after=to_owner_id))
    return to_owner_id


def customer_hold(customer_id: int) -> None:
    """Hold a file until the transaction ends. Who works on records about it takes the file first, then the record:
    nobody waits for somebody who waits for them."""
    Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer_id).first()


def customers_hold(customer_ids: Iterable[int]) -> None:
    """Hold several files, always in the same order."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(customer_ids))
    list(rows.order_by("pk").values_list("pk", flat=True))


def _require(viewer: Viewer) -> None:
    if not (viewer.may(Area.LEADS, Level.EDIT) or viewer.may(Area.PROFILE, Level.EDIT)):
        raise Forbidden(area=str(Area.LEADS), level=str(Level.EDIT))


def _marks(kind: str, clean: Mapping[str, Any]) -> list[tuple[str, object]]:
    marks = duplicates.marks_of(kind, clean)
    if kind == "person" and clean.get("email"):
        marks.append(("email", vault.blind("email", clean["email"])))
    return marks


def _known(kind: str, clean: Mapping[str, Any]) -> Customer | None:
    """The file that is meant, the surest mark first; held until the transaction ends."""
    alive = Customer.objects.select_for_update(of=("self",), no_key=True).filter(deleted_at=None)
    asked: list[Q] = []
    code = clean.get("credit_code")
    if code:
        asked.append(Q(credit_code=code))
    if kind == "firm":
        name = Q(kind="firm", name_normal=identity.normal_name(clean["name"])[:120])
        # The same name under another code is another firm.
        asked.append(name & Q(credit_code__in=["", code]) if code else name)
    else:
        asked += [
            Q(kind="person", **{f"{mark}_blind": vault.blind(mark, clean[mark])})
            for mark in ("phone", "email")
            if clean.get(mark)
        ]
    return next((row for where in asked if (row := alive.filter(where).order_by("id").first())), None)


def _fill_blanks(viewer: Viewer, held: Customer, clean: Mapping[str, Any]) -> None:
    filled = {key: clean[key] for key in _BLANKS if clean.get(key) and not getattr(held, key)}
    if not filled:
        return
    Customer.objects.filter(pk=held.pk).update(
        **filled, version=held.version + 1, updated_at=clock.now(), updated_by=viewer.person_id
    )
    audit.record(
        viewer, "customer.update", kind="customer", object_id=held.pk, object_uid=held.uid, after=filled
    )  # fmt: skip
    outbox.publish(CustomerChanged(customer_id=held.pk, fields=tuple(sorted(filled))))


def _contact(viewer: Viewer, held: Customer, clean: dict[str, Any], *, may_add: bool) -> int | None:
    """The firm's contact with that telephone or e-mail, added if there is none."""
    for mark in ("phone", "email"):
        if clean.get(mark):
            blind = vault.blind(mark, clean[mark])
            known = Contact.objects.filter(customer=held, deleted_at=None, **{f"{mark}_blind": blind}).first()
            if known is not None:
                return known.pk
    return contact_added(viewer, held, clean).pk if may_add else None
