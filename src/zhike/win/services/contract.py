"""Contracts: drafted, changed, their clauses kept version by version, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import customer_get
from zhike.events.win import ContractApprovalVoided, ContractDrafted, ContractEnded
from zhike.foundation import approvals, audit, outbox
from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records.rows import given_to, locked, noted, saved
from zhike.win.models import ClausesVersion, Contract, Opportunity
from zhike.win.models.contract import IN_FORCE, UNSIGNED, ContractStatus
from zhike.win.rules.contract import EDITABLE
from zhike.win.services.sellers import require_seller

WRITTEN = (
    "number", "title", "our_party", "customer_party", "value_minor", "starts_on", "ends_on", "renewal_on",
)  # fmt: skip

NUMBER_TAKEN = _("Another contract has this number already. Check it, or enter another one.")
_LOCK_SPACE = 0x7A71


class ContractFixed(Refusal):
    """The contract cannot be changed where it stands."""

    code = "contract_fixed"
    sentence = _(
        "This contract cannot be changed now. Withdraw it from review first; a signed one is changed by a new contract."
    )


@transaction.atomic
def contract_create(*, viewer: Viewer, customer: UUID, title: str, **values: Any) -> Contract:
    """Begin the draft of a contract. Raises: Forbidden, NotFound, Invalid."""
    require_seller(viewer)
    found = customer_get(viewer, customer)
    contract = Contract(
        customer=found, status=ContractStatus.DRAFT, customer_party=found.name,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
    )  # fmt: skip
    given_to(contract, viewer.person_id)
    if values.get("opportunity"):
        contract.opportunity = _deal_of(viewer, values["opportunity"], found.pk)
    _write(contract, {"title": title, **values})
    _save_numbered(contract)
    noted(viewer, contract, "contract.draft", customer_id=found.pk, number=contract.number, title=contract.title)
    outbox.publish(ContractDrafted(**facts_of(contract, viewer)))
    return contract


@transaction.atomic
def contract_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Contract:
    """Change parties, value or dates. An approval falls away.

    Raises: Forbidden, NotFound, Stale, Invalid, ContractFixed.
    """
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    _require_editable(contract)
    _write(contract, changes)
    _void(viewer, contract)
    _require_free(contract)
    saved(viewer, contract, "contract.update", **{k: v for k, v in changes.items() if k in WRITTEN})
    return contract


@transaction.atomic
def contract_clauses(*, viewer: Viewer, uid: UUID, version: int, **answers: str) -> Contract:
    """Write the clauses: ``heading_1``, ``text_1`` and so on, new ones at the end. An approval falls away.

    A clause whose heading and text are both empty is left out. Raises: Forbidden, NotFound, Stale, Invalid,
    ContractFixed.
    """
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    _require_editable(contract)
    clauses, problems = [], {}
    for place in sorted({int(name.rpartition("_")[2]) for name in answers}):
        heading, text = (str(answers.get(f"{part}_{place}") or "").strip() for part in ("heading", "text"))
        if heading or text:
            clauses.append({"heading": heading, "text": text})
            problems |= {f"{part}_{place}": "required" for part, given in (("heading", heading), ("text", text))
                         if not given}  # fmt: skip
    if problems:
        raise Invalid(fields=problems)
    if clauses == contract.clauses:
        return contract
    contract.clauses = clauses
    contract.clauses_version += 1
    ClausesVersion.objects.create(
        contract=contract, number=contract.clauses_version, clauses=clauses, by_id=viewer.person_id
    )
    _void(viewer, contract)
    digest = audit.digest_of({"clauses": clauses})
    saved(viewer, contract, "contract.clauses", clauses_version=contract.clauses_version, digest=digest)
    return contract


@transaction.atomic
def contract_cancel(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Contract:
    """Drop a contract that is not signed, with a reason. Raises: Forbidden, NotFound, Stale, Invalid, ContractFixed."""
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    if contract.status not in UNSIGNED:
        raise ContractFixed(status=contract.status)
    return _end(viewer, contract, ContractStatus.CANCELLED, reason)


@transaction.atomic
def contract_terminate(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> Contract:
    """End a signed contract before its time, with a reason, as of today.

    Raises: Forbidden, NotFound, Stale, Invalid, ContractFixed.
    """
    require_seller(viewer)
    contract = locked(viewer, Contract, uid, version)
    if contract.status not in IN_FORCE:
        raise ContractFixed(status=contract.status)
    contract.ends_on = max(clock.today(), contract.starts_on)
    return _end(viewer, contract, ContractStatus.ENDED, reason)


def facts_of(contract: Contract, viewer: Viewer) -> dict[str, Any]:
    """What every event about a contract carries."""
    return {
        "customer_id": contract.customer_id, "contract_id": contract.pk, "contract_uid": str(contract.uid),
        "person_id": viewer.person_id,
    }  # fmt: skip


def _deal_of(viewer: Viewer, uid: UUID, customer_id: int) -> Opportunity:
    deal = scope.one(viewer, Opportunity.objects.all(), uid=uid)
    if deal.customer_id != customer_id:
        raise Invalid(fields={"opportunity": _("Choose an opportunity of this customer.")})
    return deal


def _require_editable(contract: Contract) -> None:
    if contract.status not in EDITABLE:
        raise ContractFixed(status=contract.status)


def _write(contract: Contract, values: Mapping[str, Any]) -> None:
    """Take over what was given. Raises Invalid naming each field that cannot be accepted."""
    for name in WRITTEN:
        if name in values:
            value = values[name]
            setattr(contract, name, value.strip() if isinstance(value, str) else value)
    contract.value_minor = contract.value_minor or 0
    problems: dict[str, str] = {name: "required" for name in _required(contract) if not getattr(contract, name)}
    if contract.value_minor < 0:
        problems["value"] = "too_small"
    if contract.customer.kind == "person" and contract.customer_party != contract.customer.name:
        problems["customer_party"] = _("A natural person signs under the name in the file.")
    if contract.ends_on and contract.starts_on and contract.ends_on < contract.starts_on:
        problems["ends_on"] = _("The end lies before the beginning.")
    if problems:
        raise Invalid(fields=problems)


def _save_numbered(contract: Contract) -> None:
    """Insert the contract under its number, or under the next one that is free."""
    _require_free(contract)
    contract.save(force_insert=True)
    if contract.number:
        return
    number = f"HT-{clock.today().year}-{contract.pk:05d}"
    while Contract.objects.filter(number=number).exists():  # somebody typed it
        number += "-1"
    contract.number = number
    contract.save(update_fields=["number"])


def _require_free(contract: Contract) -> None:
    """Raise Invalid when another contract has the number. Who types it at the same moment waits for the answer."""
    if contract.number:
        serial.hold(_LOCK_SPACE, [contract.number])
        if Contract.objects.filter(number=contract.number).exclude(pk=contract.pk).exists():
            raise Invalid(fields={"number": NUMBER_TAKEN})


def _required(contract: Contract) -> Sequence[str]:
    return ("title", "starts_on") if contract.pk is None else ("title", "starts_on", "number")


def _void(viewer: Viewer, contract: Contract) -> None:
    """What was approved is another text now: legal has to see it again."""
    if contract.status != ContractStatus.APPROVED:
        return
    contract.status = ContractStatus.DRAFT
    contract.reviews.filter(is_void=False).update(is_void=True)
    outbox.publish(ContractApprovalVoided(**facts_of(contract, viewer)))


def _end(viewer: Viewer, contract: Contract, status: str, reason: str) -> Contract:
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    contract.status, contract.ended_reason = status, reason.strip()[:200]
    saved(viewer, contract, f"contract.{'cancel' if status == ContractStatus.CANCELLED else 'end'}", reason=reason)
    outbox.publish(ContractEnded(**facts_of(contract, viewer), outcome=str(status), reason=contract.ended_reason))
    approvals.call_off(viewer=viewer, kind="contract", subject_id=contract.pk, reason=reason)
    return contract
