"""A lost customer is approached again after the cooling period, and the answer is kept (RET-14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Interaction
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import text_of
from zhike.retain.models import RetentionCase
from zhike.retain.policy import ClockPolicy
from zhike.retain.tests.casework import MONDAY_9, at_work, do, opened_case

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
COOLING = load_defaults().get(ClockPolicy).cooling_days * DAY
AGAIN = MONDAY_9 + COOLING
LIST = "/retentions/?state=archived&recontact_on__to=today"


@pytest.fixture
def lost(office: Office, moment: Clock) -> tuple[RetentionCase, Client]:
    """An archived case and its manager, on the first day after the cooling period."""
    moment.at(MONDAY_9)
    case = opened_case(office)
    manager = at_work(office, "manager one")
    do(manager, case, "lose", outcome="已与竞品签约")
    do(manager, case, "last-talk", ended_at=MONDAY_9, kind="call", true_reason="budget_cut", words="总部砍了预算",
       is_welcomed="on")  # fmt: skip
    do(manager, case, "archive", analysis="首次响应太慢")
    moment.at(AGAIN)
    return case, manager


def approach(client: Client, case: RetentionCase, answer: str, **more: Any) -> Any:
    said = {"talked_at": AGAIN, "kind": "call", "answer": answer, "words": "明年预算恢复了", "again_on": ""}
    return do(client, case, "approach", **(said | more))


@pytest.mark.requirement("RET-14", proof="user")
def test_who_wants_to_talk_again_leaves_the_list_and_the_talk_stands_on_the_timeline(lost: Any) -> None:
    case, manager = lost
    assert case.customer.name in text_of(manager.get(LIST))
    assert "登记再接触" in text_of(manager.get(f"/retentions/{case.uid}/"))

    assert approach(manager, case, "interested").status_code == 302

    assert (case.state, case.approach_answer, case.recontact_on) == ("archived", "interested", None)
    assert case.customer.name not in text_of(manager.get(LIST))
    page = text_of(manager.get(f"/retentions/{case.uid}/"))
    assert "登记再接触" not in page
    assert "愿意重新洽谈" in page
    shown = text_of(manager.get(f"/customers/{case.customer.uid}/"))
    for words in ("已再次接触流失客户", "愿意重新洽谈", "明年预算恢复了"):
        assert words in shown
    assert Interaction.objects.filter(customer=case.customer, kind="call", at=AGAIN).count() == 1


@pytest.mark.requirement("RET-14", proof="user")
def test_who_says_later_comes_back_on_the_list_on_that_day(lost: Any, moment: Clock) -> None:
    case, manager = lost
    day = (AGAIN + 30 * DAY).date()

    for wrong in ("", AGAIN.date()):
        refused = approach(manager, case, "later", again_on=wrong)
        assert refused.status_code == 422
        assert "请填写今天之后可再次接触客户的日期" in text_of(refused)
    assert approach(manager, case, "later", again_on=day).status_code == 302

    assert case.recontact_on == day
    assert case.customer.name not in text_of(manager.get(LIST))
    moment.at(AGAIN + 30 * DAY)
    assert case.customer.name in text_of(manager.get(LIST))
    assert approach(manager, case, "declined", talked_at=AGAIN + 30 * DAY).status_code == 302
    assert (case.approach_answer, case.recontact_on) == ("declined", None)


@pytest.mark.requirement("RET-14", proof="user")
def test_nobody_is_approached_before_the_cooling_period_is_over(lost: Any, moment: Clock) -> None:
    case, manager = lost
    moment.at(AGAIN - DAY)
    assert "登记再接触" not in text_of(manager.get(f"/retentions/{case.uid}/"))
    refused = approach(manager, case, "interested", talked_at=AGAIN - DAY)
    assert refused.status_code == 422
    assert "该客户目前不宜接触" in text_of(refused)

    moment.at(AGAIN)
    assert approach(manager, case, "interested", talked_at=AGAIN - DAY).status_code == 422, "a talk of before"
    assert approach(manager, case, "interested", words=" ").status_code == 422
    assert approach(manager, case, "declined").status_code == 302
    assert "该客户目前不宜接触" in text_of(approach(manager, case, "interested"))


def test_a_case_that_is_open_or_saved_knows_no_new_approach(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    case = opened_case(office)
    manager = at_work(office, "manager one")
    assert "案例目前不在这一步" in text_of(approach(manager, case, "interested", talked_at=MONDAY_9))
    do(manager, case, "save", evidence="word", outcome="续用")
    assert approach(manager, case, "interested", talked_at=MONDAY_9).status_code == 422
