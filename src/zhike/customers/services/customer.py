"""Opening, changing and removing customer files. One function per mutation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.models import Customer, CustomerState
from zhike.customers.models.series import take
from zhike.customers.rules import identity
from zhike.customers.services import indexing, personal
from zhike.events.customers import CustomerChanged, CustomerCreated, CustomerDeleted, CustomerReassigned
from zhike.foundation import audit, outbox, search
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal, Stale

FIELDS = (
    "name", "short_name", "credit_code", "industry", "staff_count", "revenue_minor", "region", "address", "phone",
    "email", "id_number", "birthday", "source", "core_needs", "preferences", "prefers_custom", "cooperation_since",
)  # fmt: skip
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
    clean = _checked(kind, values, is_new=True)
    if not accept_duplicate:
        _refuse_duplicates(viewer, clean, kind)
    customer = Customer(kind=kind, number=f"C{take('customer')[0]:07d}", created_by_id=viewer.person_id)
    _assign(customer, owner_id or viewer.person_id)
    secret = _fill(customer, clean)
    customer.updated_by_id = viewer.person_id
    customer.save(force_insert=True)
    if secret:
        vault.store({customer.uid: secret})
    CustomerState.objects.create(customer=customer, **_state_scope(customer))
    indexing.index([customer])
    after, hidden = _audited(customer, clean)
    audit.record(
        viewer, "customer.create", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        after=after, personal={customer.uid: {"after": hidden}} if hidden else None,
    )  # fmt: skip
    outbox.publish(CustomerCreated(customer_id=customer.pk, kind=kind))
    return customer


@transaction.atomic
def customer_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Customer:
    """Change fields of a file. Raises: NotFound, Forbidden, Invalid, Stale (somebody was faster)."""
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = scope.one(viewer, Customer.objects.select_for_update(of=("self",)), uid=uid)
    if customer.version != version:
        raise Stale(version=customer.version)
    clean = _checked(customer.kind, changes, is_new=False)
    before_row = {field: getattr(customer, field) for field in clean}
    before_hidden = personal.whole(customer.uid) if customer.kind == "person" else {}
    secret = _fill(customer, clean)
    customer.version += 1
    customer.updated_at, customer.updated_by_id = clock.now(), viewer.person_id
    customer.save()
    if secret:
        vault.store({customer.uid: secret})
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
    """Give the customer to another owner; the department follows. Raises: NotFound, Forbidden."""
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = scope.one(viewer, Customer.objects.select_for_update(of=("self",)), uid=uid)
    before = customer.owner_id
    _assign(customer, owner_id)
    customer.version += 1
    customer.updated_at, customer.updated_by_id = clock.now(), viewer.person_id
    customer.save()
    CustomerState.objects.filter(pk=customer.pk).update(**_state_scope(customer))
    audit.record(
        viewer, "customer.reassign", kind="customer", object_id=customer.pk, object_uid=customer.uid,
        before={"owner_id": before}, after={"owner_id": owner_id}, reason=reason,
    )  # fmt: skip
    outbox.publish(CustomerReassigned(customer_id=customer.pk, owner_before=before, owner_after=owner_id))
    return customer


@transaction.atomic
def customer_delete(*, viewer: Viewer, uid: UUID, reason: str = "") -> None:
    """Put a file into the recycle bin. Raises: NotFound, Forbidden."""
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = scope.one(viewer, Customer.objects.select_for_update(of=("self",)), uid=uid)
    customer.deleted_at = customer.updated_at = clock.now()
    customer.version += 1
    customer.save(update_fields=["deleted_at", "updated_at", "version"])
    search.remove("customer", [customer.pk])
    audit.record(
        viewer,
        "customer.delete",
        kind="customer",
        object_id=customer.pk,
        object_uid=customer.uid,
        reason=reason,
    )
    outbox.publish(CustomerDeleted(customer_id=customer.pk))


def _checked(kind: str, values: dict[str, Any], *, is_new: bool) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), "unknown_field"))
    clean = personal.cleaned(values)
    problems: dict[str, str] = {}
    if (is_new or "name" in clean) and not str(clean.get("name") or "").strip():
        problems["name"] = "required"
    if kind not in ("firm", "person"):
        problems["kind"] = "not_an_option"
    if "credit_code" in clean:
        code = identity.credit_code(str(clean["credit_code"] or ""))
        clean["credit_code"] = code.value
        if code.problem:
            problems["credit_code"] = code.problem
    for field in ("staff_count", "revenue_minor"):
        if clean.get(field) is not None and clean[field] < 0:
            problems[field] = "too_small"
    if problems:
        raise Invalid(fields=problems)
    return clean


def _refuse_duplicates(viewer: Viewer, clean: dict[str, Any], kind: str) -> None:
    alive = Customer.objects.filter(deleted_at=None)
    found = alive.none()
    if clean.get("credit_code"):
        found |= alive.filter(credit_code=clean["credit_code"])
    if kind == "firm":
        found |= alive.filter(kind="firm", name_normal=identity.normal_name(clean["name"]))
    elif clean.get("phone"):
        found |= alive.filter(phone_blind=vault.blind("phone", clean["phone"]))
    if found.exists():
        seen = scope.visible(viewer, found).values_list("number", flat=True)[:5]
        raise DuplicateCustomer(numbers=list(seen))


def _assign(customer: Customer, owner_id: int | None) -> None:
    owner = Person.objects.filter(pk=owner_id, is_active=True).first() if owner_id else None
    if owner_id and owner is None:
        raise Invalid(fields={"owner": "no_such_person"})
    customer.owner = owner
    customer.department_id = owner.department_id if owner else None
    place = Department.objects.filter(pk=customer.department_id).first()
    for column in _ANCESTORS:
        setattr(customer, column, getattr(place, f"{column}_id") if place else None)


def _state_scope(customer: Customer) -> dict[str, int | None]:
    columns = ("owner_id", "team_id", "department_id", *_ANCESTORS)
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
    return secret


def _audited(customer: Customer, clean: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Before/after values that may stand plain in the audit, and those that must be sealed."""
    hidden = {k: str(v or "") for k, v in clean.items() if customer.kind == "person" and k in personal.PERSONAL}
    return {k: _plain(v) for k, v in clean.items() if k not in hidden}, hidden


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
