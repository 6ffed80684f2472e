"""How each clock of the path is started: by the posts that act, through services and pages, as in life."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import translation

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.onboard.tests import projects
from zhike.retain.models import HealthPatrol, Warning
from zhike.retain.services.patrol import patrol_hold, patrols_plan
from zhike.retain.services.warning import warning_publish
from zhike.retain.tests import casework
from zhike.retain.tests.test_falls import fell
from zhike.segment import public as segment
from zhike.segment.services.judging import Given
from zhike.segment.services.strategy import strategy_approve, strategy_write
from zhike.serve.models import Ticket
from zhike.serve.policy import OldMatters
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.conversation import ticket_solve
from zhike.serve.services.greeting_planning import greetings_plan
from zhike.serve.services.greeting_sending import greetings_send
from zhike.serve.services.ticket import ticket_classify, ticket_receive
from zhike.serve.tests.test_complaint_path import brought_to
from zhike.serve.tests.test_greetings import a_person
from zhike.win.models import Contract
from zhike.win.tests.deals import a_deal, a_draft
from zhike.win.tests.pages import at_work, do

MONDAY_9 = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)
_NIGHT = system("test night")


@dataclasses.dataclass(frozen=True)
class PathClock:
    """One clock: what starts it, whose duty it is, and who hears of it when it was missed."""

    code: str
    start: Callable[[Office, Clock], Any]
    owner: str
    superior: str
    # When the owner is reminded, where working time is counted; elapsed time needs no example.
    reminded: str = ""


def _seller(office: Office) -> Person:
    return Person.objects.get(pk=office.person("seller one"))


def _follow_up(office: Office, _clock: Clock) -> None:
    said = {"kind": "call", "feedback": "认可方案", "change_in_needs": "增加十个席位", "next_action": "发报价",
            "next_on": (clock.today() + dt.timedelta(days=3)).isoformat()}  # fmt: skip
    assert (
        do(at_work(office, "seller one"), "opportunities", a_deal(_seller(office)), "follow-up", **said).status_code
        == 302
    )


def _contract(office: Office, _clock: Clock) -> None:
    row: Contract = a_draft(_seller(office))
    assert do(at_work(office, "seller one"), "contracts", row, "submit").status_code == 302


def _failed_acceptance(office: Office, _clock: Clock) -> None:
    failed = {"outcome": "failed", "tested_on": clock.today().isoformat(), "comments": "登录慢"}
    project = projects.prepared(office)
    assert do(at_work(office, "implementer"), "projects", project, "test", **failed).status_code == 302


def _ticket(office: Office, ticket_class: str = "") -> Ticket:
    service = office.viewer("service")
    row = ticket_receive(viewer=service, customer=office.firm("counter").uid, subject="报表无法导出", content="报错")
    if ticket_class:
        row = ticket_classify(viewer=service, uid=row.uid, version=row.version, ticket_class=ticket_class)
    return row


def _new_problem(office: Office, _clock: Clock) -> None:
    row = _ticket(office, "technical")
    ticket_solve(viewer=office.viewer("engineer"), uid=row.uid, version=row.version, solution="清空筛选", problem="new")


def _complaint(state: str) -> Callable[[Office, Clock], None]:
    def start(office: Office, _clock: Clock) -> None:
        row = complaint_receive(
            viewer=office.viewer("service"), customer=office.firm("counter").uid, content="两天没人回电"
        )
        brought_to(office, row, state)

    return start


def _old_matter(office: Office, moment: Clock) -> None:
    """A ticket and a complaint nobody answered; then the customer comes onto the warning list."""
    customer = office.firm("manager one")
    ticket_receive(viewer=system("portal"), customer=customer.pk, subject="对账不符", channel="web")
    complaint_receive(viewer=system("portal"), customer=customer.pk, content="没人回电", channel="web")
    for row in Ticket.objects.all():
        do(at_work(office, "service"), "tickets", row, "take")
    days = current().get(OldMatters).open_days
    moment.at(MONDAY_9 + dt.timedelta(days=days, minutes=1))
    casework.night(casework.proposal(customer))
    warning_publish(viewer=office.viewer("data"), uid=Warning.objects.get(customer=customer).uid)


def _case(office: Office, _clock: Clock) -> None:
    casework.opened_case(office)


def _interview(office: Office, _clock: Clock) -> None:
    casework.interviewed(casework.at_work(office, "manager one"), casework.opened_case(office), clock.now())


def _approved_plan(office: Office, _clock: Clock) -> None:
    case = casework.opened_case(office, tier="high")
    lead = casework.at_work(office, "lead one")
    casework.interviewed(lead, case, clock.now())
    casework.planned(lead, case, office.people["manager one"])
    assert casework.do(casework.at_work(office, "boss"), case, "approve", note="").status_code == 302


def _returned_plan(office: Office, _clock: Clock) -> None:
    case = casework.opened_case(office)
    manager = casework.at_work(office, "manager one")
    casework.interviewed(manager, case, clock.now())
    casework.planned(manager, case, office.people["manager one"])
    lead = casework.at_work(office, "lead one")
    assert casework.do(lead, case, "return", reason="写明费用由谁承担").status_code == 302


def _lost(office: Office, _clock: Clock) -> None:
    case = casework.opened_case(office)
    assert casework.do(casework.at_work(office, "manager one"), case, "lose", outcome="不再合作").status_code == 302


def _enters(office: Office, row: str) -> None:
    customer = office.firm("seller one")
    segment.strategy_tasks_move(
        viewer=_NIGHT, rows={customer.pk: row}, entered=[customer.pk], as_of=clock.today() - dt.timedelta(days=1),
        table=segment.table_in_force(),
    )  # fmt: skip


def _own_row(office: Office, _clock: Clock) -> None:
    texts = {"dimension": "制造业新客户", "goal": "转化率提升至25%", "measures": "客户经理在一周内上门拜访一次",
             "owner": "客户经理", "timing": "一周内"}  # fmt: skip
    given = Given(texts, ("customer_manager",), "行业 = 制造业\n价值等级 = 低价值", is_first=True, contact_days="7")
    with translation.override("zh-hans"):
        draft = strategy_write(viewer=office.viewer("manager one"), code=None, given=given, why="试点", language="zh")
    strategy_approve(viewer=office.viewer("chief"), uid=draft.uid)
    _enters(office, draft.strategy.code)


def _birthday(office: Office, moment: Clock) -> None:
    """A customer of high value is called on the birthday: the morning begins with it."""
    a_person(office, tier="high", birthday="1980-07-20")
    greetings_plan(clock.today())
    moment.at(MONDAY_9 + dt.timedelta(minutes=5))
    greetings_send()


def _patrol(office: Office, _clock: Clock) -> Any:
    """A customer of high value is to be reviewed."""
    firm = office.firm("manager one")
    CustomerState.objects.filter(customer=firm).update(tier="high")
    patrols_plan()
    return HealthPatrol.objects.get(customer=firm)


def _patrol_held(office: Office, _clock: Clock) -> None:
    patrol = _patrol(office, _clock)
    viewer = viewer_of(Person.objects.get(pk=patrol.owner_id))
    patrol_hold(viewer=viewer, uid=patrol.uid, version=patrol.version, findings="想要培训", renewal="提前谈续约")


CLOCKS = [
    PathClock("B-14", _follow_up, "seller one", "lead one"),
    PathClock("B-31", _contract, "legal", "boss", "Wed 13:12"),
    PathClock("B-32", lambda office, _clock: projects.a_project(office), "lead one", "chief", "Fri 09:00"),
    PathClock("B-33", _failed_acceptance, "implementer", "boss", "Fri 09:00"),
    PathClock("B-34", lambda office, _clock: projects.accepted(office), "seller one", "lead one", "Wed 13:12"),
    PathClock("B-02", lambda office, _clock: _ticket(office), "service", "supervisor"),
    PathClock("B-03", lambda office, _clock: _ticket(office), "service", "supervisor"),
    PathClock("B-04", lambda office, _clock: _ticket(office, "technical"), "engineer", "supervisor"),
    PathClock("B-05", _new_problem, "engineer", "supervisor"),
    PathClock("B-38", _complaint("received"), "service", "supervisor"),
    PathClock("B-09", _complaint("received"), "service", "supervisor"),
    PathClock("B-10", _complaint("resolved"), "service", "supervisor"),
    PathClock("B-11", _complaint("closed"), "service", "supervisor"),
    PathClock("B-21", _old_matter, "service", "supervisor"),
    PathClock("B-21/complaint", _old_matter, "service", "supervisor"),
    PathClock("B-18", _case, "manager one", "lead one"),
    PathClock("B-19", _interview, "manager one", "lead one"),
    PathClock("RET-09.again", _returned_plan, "manager one", "lead one"),
    PathClock("B-22", _approved_plan, "lead one", "chief"),
    PathClock("RET-09.step", _approved_plan, "manager one", "lead one"),
    PathClock("B-23", lambda office, _clock: fell(office.firm("manager one")), "success", "boss"),
    PathClock("B-36", _lost, "manager one", "lead one"),
    PathClock("B-20", lambda office, _clock: _enters(office, "at_risk"), "seller one", "lead one"),
    PathClock("STR-03", _own_row, "seller one", "lead one"),
    PathClock("RET-05", _patrol, "success", "boss"),
    PathClock("RET-05.task", _patrol_held, "manager one", "lead one"),
    PathClock("B-26", _birthday, "manager one", "lead one"),
]


def started(office: Office, moment: Clock, one: PathClock) -> None:
    """Start the clock on a Monday at nine, and let the news be heard."""
    moment.at(MONDAY_9)
    one.start(office, moment)
    deliver()
