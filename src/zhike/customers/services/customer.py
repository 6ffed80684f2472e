"""Opening, changing and removing customer files. One function per mutation."""

from __future__ import annotations

import functools
import operator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.models import Contact, Customer, CustomerState
from zhike.customers.models.series import take
from zhike.customers.rules import identity
from zhike.customers.services import checking, duplicates, indexing, personal
from zhike.events.customers import (
    CustomerChanged,
    CustomerCreated,
    CustomerDeleted,
    CustomerReassigned,
    CustomerRestored,
)
from zhike.foundation import audit, outbox, search
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department
from zhike.foundation.access.naming import named
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import rows
from zhike.foundation.records.rows import binned, put_back

_ANCESTORS = ("ancestor_1", "ancestor_2", "ancestor_3")


class DuplicateCustomer(Refusal):
    """There is a file with the same code or name; ``data['numbers']`` names those that the viewer may see."""

    code = "duplicate_customer"
    sentence = _(
        "A customer with this name or code already exists. Open that file, or confirm that this is another one."
    )


@transaction.atomic
def customer_create(
    *,
    viewer: Viewer,
    kind: str,
    owner_id: int | None = None,
    accept_duplicate: bool = False,
    **values: Any,
) -> Customer:
    """Open a customer file, provisional until it is verified.

    The owner is ``owner_id`` or the viewer; the department is the owner's.
    Raises: Forbidden, Invalid, DuplicateCustomer (unless ``accept_duplicate``).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    clean = checking.accepted(checking.customer_values(kind, values, is_new=True))
    # The number comes first: who opens files waits here, and so never while holding a mark that another needs.
    number = number_taken()
    _settle_duplicates(viewer, kind, clean, accept=accept_duplicate)
    return file_opened(viewer, kind, clean, number, owner_id=owner_id or viewer.person_id)


def number_taken() -> str:
    """The next free number of a customer file."""
    return f"C{take('customer')[0]:07d}"


def file_opened(
    viewer: Viewer, kind: str, clean: dict[str, Any], number: str, *, owner_id: int | None,
    department_id: int | None = None, **state: Any,
) -> Customer:  # fmt: skip
    """Write a file of accepted values with its ``state``, audit and event; inside the caller's transaction.

    The department is the owner's; ``department_id`` is that of a file without owner. Raises: Invalid (no such owner).
    """
    customer = Customer(kind=kind, number=number, created_by_id=viewer.person_id)
    assign(customer, owner_id, department_id)
    secret = _fill(customer, clean)
    customer.updated_by_id = viewer.person_id
    customer.save(force_insert=True)
    if secret:
        vault.store({customer.uid: secret})
    CustomerState.objects.create(customer=customer, **state_scope(customer), **state)
    indexing.index([customer])
    after, hidden = _audited(customer, clean)
    audit.record(
        viewer, "customer.create", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        after=after, personal={customer.uid: {"after": hidden}} if hidden else None,
    )  # fmt: skip
    outbox.publish(CustomerCreated(customer_id=customer.pk, kind=kind))
    return customer


@transaction.atomic
def customer_update(
    *, viewer: Viewer, uid: UUID, version: int, accept_duplicate: bool = False, **changes: Any
) -> Customer:
    """Change fields of a file.

    Raises: NotFound, Forbidden, Invalid, Stale (somebody was faster), DuplicateCustomer (the new code, name or
    phone stands in another file, unless ``accept_duplicate``).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = rows.locked(viewer, Customer, uid, version)
    clean = checking.accepted(checking.customer_values(customer.kind, changes, is_new=False))
    _settle_duplicates(viewer, customer.kind, clean, accept=accept_duplicate, besides=customer)
    before_row = {field: getattr(customer, field) for field in clean}
    before_hidden = personal.whole(customer.uid) if customer.kind == "person" else {}
    secret = _fill(customer, clean)
    rows.renewed(viewer, customer)
    if secret:
        vault.store({customer.uid: secret})
    if not indexing.SOUGHT.isdisjoint(clean):
        indexing.index([customer])
    after, hidden = _audited(customer, clean)
    audit.record(
        viewer, "customer.update", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        before={k: _plain(before_row[k]) for k in after}, after=after,
        personal={customer.uid: {"before": {k: before_hidden.get(k, "") for k in hidden}, "after": hidden}}
        if hidden
        else None,
    )  # fmt: skip
    outbox.publish(CustomerChanged(customer_id=customer.pk, fields=tuple(sorted(clean))))
    return customer


@transaction.atomic
def customer_reassign(*, viewer: Viewer, uid: UUID, owner_id: int, reason: str = "") -> Customer:
    """Give the customer to another owner; the department follows. To the same owner nothing happens.

    Raises: NotFound, Forbidden, Invalid (no such person), PostsLackWork (who does not see customers owns none).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = rows.locked(viewer, Customer, uid, None)
    before = customer.owner_id
    if before == owner_id:
        return customer
    assign(customer, owner_id)
    rows.renewed(viewer, customer)
    CustomerState.objects.filter(pk=customer.pk).update(**state_scope(customer))
    audit.record(
        viewer, "customer.reassign", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        before={"owner_id": before}, after={"owner_id": owner_id}, reason=reason,
    )  # fmt: skip
    outbox.publish(CustomerReassigned(customer_id=customer.pk, owner_before=before, owner_after=owner_id))
    return customer


@transaction.atomic
def customer_delete(*, viewer: Viewer, uid: UUID, version: int | None = None, reason: str = "") -> None:
    """Put a file with its contacts into the recycle bin.

    Raises: NotFound, Forbidden, Stale (``version`` was given and somebody was faster), StillHeld (deals, contracts,
    tickets and the like belong to it).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = rows.locked(viewer, Customer, uid, version)
    binned(viewer, customer, "customer.delete", reason=reason)
    # The same moment on both tells later which contacts went with their customer.
    Contact.objects.filter(customer=customer, deleted_at=None).update(deleted_at=customer.deleted_at)
    CustomerState.objects.filter(pk=customer.pk).update(deleted_at=customer.deleted_at)
    search.remove("customer", [customer.pk])
    outbox.publish(CustomerDeleted(customer_id=customer.pk))


@transaction.atomic
def customer_restore(*, viewer: Viewer, uid: UUID, accept_duplicate: bool = False) -> Customer:
    """Take a file out of the recycle bin, with the contacts that went there with it.

    Raises: NotFound, Forbidden, DuplicateCustomer (another file has its name, code or phone by now, unless
    ``accept_duplicate``).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = rows.from_bin(viewer, Customer, uid)
    _settle_standing_duplicates(viewer, customer, accept=accept_duplicate)
    with_it = Contact.objects.filter(customer=customer, deleted_at=customer.deleted_at)
    with_it.update(deleted_at=None)
    put_back(viewer, customer, "customer.restore")
    CustomerState.objects.filter(pk=customer.pk).update(deleted_at=None)
    indexing.index([customer])
    outbox.publish(CustomerRestored(customer_id=customer.pk))
    return customer


def _settle_standing_duplicates(viewer: Viewer, customer: Customer, *, accept: bool) -> None:
    """The same for a file that comes back as it is."""
    standing = {
        "credit_code": customer.credit_code,
        "name": customer.name_normal if customer.kind == "firm" else "",
        "phone": bytes(customer.phone_blind or b"") if customer.kind == "person" else b"",
    }
    _settle_marks(viewer, {mark: value for mark, value in standing.items() if value}, accept=accept)


def _settle_duplicates(
    viewer: Viewer, kind: str, clean: dict[str, Any], *, accept: bool, besides: Customer | None = None
) -> None:
    """Refuse what is in another file already, unless it is ``accept``ed. Only marks that change are looked at."""
    marks = dict(duplicates.marks_of(kind, clean))
    standing = (
        {}
        if besides is None
        else {
            "credit_code": besides.credit_code,
            "name": besides.name_normal,
            "phone": bytes(besides.phone_blind or b""),
        }
    )
    _settle_marks(viewer, {mark: value for mark, value in marks.items() if value != standing.get(mark)}, accept=accept)


def _settle_marks(viewer: Viewer, fresh: dict[str, Any], *, accept: bool) -> None:
    # Also when accepted: somebody who does not accept it may be opening the same file just now.
    duplicates.hold(fresh.items())
    if accept or not fresh:
        return
    same = functools.reduce(operator.or_, map(duplicates.same, fresh.items()))
    found = Customer.objects.filter(same, deleted_at=None)
    if found.exists():
        seen = scope.visible(viewer, found).values_list("number", flat=True)[:5]
        raise DuplicateCustomer(numbers=list(seen))


def assign(customer: Customer, owner_id: int | None, department_id: int | None = None) -> None:
    """Put owner, department and its ancestors into the row. Raises Invalid (no such person), PostsLackWork."""
    owner = named(owner_id, Area.PROFILE, Level.BASIC) if owner_id else None
    customer.owner = owner
    customer.department_id = owner.department_id if owner else department_id
    place = owner.department if owner else Department.objects.filter(pk=department_id).first()
    for column in _ANCESTORS:
        setattr(customer, column, getattr(place, f"{column}_id") if place else None)


def state_scope(customer: Customer) -> dict[str, Any]:
    """The columns of reach that the state copies."""
    columns = ("owner_id", "team_id", "department_id", *_ANCESTORS, "created_at")
    return {column: getattr(customer, column) for column in columns}


def _fill(customer: Customer, clean: dict[str, Any]) -> dict[str, str]:
    """Write ``clean`` into the row; return what belongs into the vault."""
    secret: dict[str, str] = {}
    if "name" in clean:
        name = str(clean["name"]).strip()
        clean["name"] = name
        is_firm = customer.kind == "firm"
        customer.name_key = search.sort_key(name if is_firm else name[:1])[:120]
        customer.name_normal = identity.normal_name(name)[:120] if is_firm else ""
    row = clean
    if customer.kind == "person":
        row, secret = personal.split(clean, personal.PERSONAL)
    for field, value in row.items():
        setattr(customer, field, value)
    if customer.kind == "person":
        personal.birthday_marked(customer, clean, secret)
    return secret


def _audited(customer: Customer, clean: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Before/after values that may stand plain in the audit, and those that must be sealed."""
    hidden = {k: str(v or "") for k, v in clean.items() if customer.kind == "person" and k in personal.PERSONAL}
    return {k: _plain(v) for k, v in clean.items() if k not in hidden}, hidden


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
