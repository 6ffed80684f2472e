"""Each step of the path taken too early, twice or with something missing: the sentence that the person reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import whole
from zhike.acquire.tests.intake import asked
from zhike.acquire.tests.test_leads import CONTACT
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.records.testing import text_of
from zhike.onboard.tests import projects
from zhike.retain.tests import casework
from zhike.serve.models import Article
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.ticket import ticket_classify, ticket_receive
from zhike.win.tests.deals import a_deal, a_draft, a_signer, approved
from zhike.win.tests.pages import at_work, do

pytestmark = pytest.mark.django_db


@dataclasses.dataclass(frozen=True)
class Gate:
    """Who tries what on which record, and the words that the page says about it."""

    code: str
    act: str
    who: str
    make: Callable[[Office], Any]
    answers: dict[str, Any]
    words: tuple[str, ...]


def _seller(office: Office) -> Person:
    return Person.objects.get(pk=office.person("seller one"))


def _lead(office: Office) -> Any:
    return asked(office.viewer("seller one"), owner_id=office.person("seller one"))


def _vague(office: Office) -> Any:
    return a_draft(_seller(office), heading_1="交付", text_1="乙方应尽快交付。")


def _unreviewed(office: Office) -> Any:
    contract = a_draft(_seller(office))
    a_signer(office.viewer("seller one"), contract.customer)
    return contract


def _unsigned(office: Office) -> Any:
    contract = approved(office, a_draft(_seller(office)))
    a_signer(office.viewer("seller one"), contract.customer)
    return contract


def _ticket(office: Office, ticket_class: str = "") -> Any:
    service = office.viewer("service")
    row = ticket_receive(viewer=service, customer=office.firm("counter").uid, subject="你好")
    if ticket_class:
        row = ticket_classify(viewer=service, uid=row.uid, version=row.version, ticket_class=ticket_class)
    return row


def _complaint(office: Office) -> Any:
    return complaint_receive(viewer=office.viewer("service"), customer=office.firm("counter").uid, content="没人回电")


def _case(office: Office) -> Any:
    return casework.opened_case(office)


def _interviewed(office: Office) -> Any:
    case = casework.opened_case(office)
    casework.interviewed(casework.at_work(office, "manager one"), case, clock.now())
    return case


def _lost(office: Office) -> Any:
    case = casework.opened_case(office)
    casework.do(casework.at_work(office, "manager one"), case, "lose", outcome="已签竞品")
    return case


_HANDED = {"history": "签约", "needs_background": "排产", "goals": "上线"}
_SIGNED = {"authority": "power_of_attorney", "authority_reference": "", "is_sealed": "yes"}
GATES = [
    Gate("leads", "convert", "seller one", _lead, {}, ("请先记录初次接触并决定继续跟进",)),
    Gate("leads", "first_contact", "seller one", _lead, CONTACT | {"message": "保证百分之百按期上线"},
         ("可能构成过度承诺", "保证")),
    Gate("opportunities", "move", "seller one", lambda office: a_deal(_seller(office)), {"stage": "negotiation"},
         ("请先记录与客户的首次沟通。", "请填写显性需求。", "请填写金额。")),
    Gate("opportunities", "move", "seller one", lambda office: a_deal(_seller(office)), {"stage": "won"}, ("合同",)),
    Gate("contracts", "submit", "seller one", _vague, {}, ("尽快交付", "个工作日内")),
    Gate("contracts", "sign", "seller one", _unreviewed, _SIGNED | {"authority_reference": "授权书 1"}, ("法务",)),
    Gate("contracts", "sign", "seller one", _unsigned, _SIGNED, ("授权",)),
    Gate("projects", "test", "implementer", projects.planned, {"outcome": "passed"}, ("验收标准", "测试环境")),
    Gate("projects", "hand-over", "seller one", projects.prepared, _HANDED, ("验收",)),
    Gate("tickets", "solve", "service", _ticket, {"solution": "重启", "problem": "none"}, ("请先", "分类")),
    Gate("tickets", "solve", "service", lambda office: _ticket(office, "technical"),
         {"solution": "重启", "problem": "new"}, ("技术支持工程师",)),
    Gate("tickets", "close", "service", lambda office: _ticket(office, "commercial"), {}, ("解决",)),
    Gate("complaints", "investigate", "service", _complaint,
         {"finding": "漏接", "responsible_party": "客服", "effect_scope": "一家"}, ("派发",)),
    Gate("complaints", "answer", "service", _complaint, {}, ("请先写明处理方案及依据。",)),
    Gate("complaints", "call_back", "service", _complaint, {"satisfaction": "5"}, ("结案",)),
    Gate("retentions", "submit", "manager one", _case, {}, ("案例目前不在这一步",)),
    Gate("retentions", "submit", "manager one", _interviewed, {}, ("方案不完整",)),
    Gate("retentions", "archive", "manager one", _lost, {"analysis": "太慢"}, ("最后沟通", "真实离网原因")),
    Gate("retentions", "save", "manager one", _lost, {"evidence": "word", "outcome": "x"}, ("该案例已结案",)),
]  # fmt: skip


@pytest.mark.requirement("PLAT-07", proof="user")
@pytest.mark.parametrize("gate", GATES, ids=lambda gate: f"{gate.code} {gate.act}")
def test_a_refused_step_says_what_is_missing_and_changes_nothing(
    db: None, settings: Any, tmp_path: Path, gate: Gate
) -> None:
    settings.HOME = tmp_path / "home"
    office = whole()
    row = gate.make(office)
    deliver()
    row.refresh_from_db()
    client, answers = at_work(office, gate.who, "zh-hans"), dict(gate.answers)
    if gate.code == "contracts" and gate.act == "sign":
        answers |= {"signed_on": clock.today().isoformat(), "signer": str(row.customer.contacts.get().uid)}
    if gate.act == "test":
        answers |= {"tested_on": clock.today().isoformat(), "signed_on": clock.today().isoformat()}
    if gate.act == "hand-over":
        answers |= {"receiver": str(office.people["success"].uid)}
    before = (row.version, EventRow.objects.count(), Article.objects.count())

    refused = do(client, gate.code, row, gate.act, **answers)

    deliver()
    shown = text_of(refused)
    assert refused.status_code == 422, refused.status_code
    start = shown.index('role="alert"') if 'role="alert"' in shown else shown.index("invalid-feedback")
    problems = shown[start : start + 1500]
    for words in gate.words:
        assert words in problems, (words, problems[:600])
    row.refresh_from_db()
    assert (row.version, EventRow.objects.count(), Article.objects.count()) == before
