"""Contracts that wait for a decision, and flows set as a test needs them."""

from __future__ import annotations

from typing import Any

from zhike.customers.tests.office import Office
from zhike.foundation import approvals
from zhike.foundation.access.models import Person
from zhike.foundation.approvals.models import Approval, ApprovalSigner, FlowVersion
from zhike.win.models import Contract
from zhike.win.services.contract import contract_update
from zhike.win.services.review import contract_submit
from zhike.win.tests.deals import OPINIONS, a_draft

LEGAL: dict[str, Any] = {
    "code": "legal", "title": {"zh": "法务审核", "en": "Legal review"}, "who": ["post:legal"], "rule": "any",
}  # fmt: skip


def step(title: str, *who: str, rule: str = "any", when: str | None = None) -> dict[str, Any]:
    """A step that somebody adds on the page of a flow."""
    return {"code": "", "title": {"zh": title, "en": title}, "who": list(who), "rule": rule, "when": when}


def contracts_go(office: Office, *steps: dict[str, Any], copies: tuple[str, ...] = ()) -> FlowVersion:
    """Let contracts go by legal and then by these steps."""
    number = FlowVersion.objects.filter(flow="contract").count()
    return approvals.flow_change(
        viewer=office.viewer("it"), code="contract", number=number, steps=[LEGAL, *steps], copies=list(copies),
        fallback=["post:management"], reason="试行",
    )  # fmt: skip


def a_waiting(office: Office, who: str = "seller one", *, value: int | None = None) -> tuple[Contract, Approval]:
    """A contract of ``who`` sent to review, and its approval."""
    draft = a_draft(Person.objects.get(pk=office.person(who)))
    if value is not None:
        draft = contract_update(viewer=office.viewer(who), uid=draft.uid, version=draft.version, value_minor=value)
    sent = contract_submit(viewer=office.viewer(who), uid=draft.uid, version=draft.version)
    return sent, running(sent)


def running(contract: Contract) -> Approval:
    """The approval that runs about a contract."""
    found = approvals.running("contract", contract.pk)
    assert found is not None
    return found


def agree(office: Office, who: str, approval: Approval, **more: Any) -> Approval:
    """Say yes as ``who``, with the opinions that legal owes."""
    return approvals.approve(viewer=office.viewer(who), uid=approval.uid, answers=OPINIONS, **more)


def asked(approval: Approval) -> set[int]:
    """Who is asked now."""
    rows = ApprovalSigner.objects.filter(approval=approval, state="open")
    return set(rows.values_list("person_id", flat=True))
