"""遗忘提醒: who has heard nothing for long stands at home, each number with its list; a contact takes them out."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest

from zhike.customers.models import Customer, CustomerState
from zhike.customers.policy import ForgottenPolicy
from zhike.customers.services.interaction import interaction_log, interactions_remove, interactions_take
from zhike.customers.services.timeline import _MANY, Line, contacts_settle, timeline_add
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import counters_in, signed_in, text_of

pytestmark = pytest.mark.django_db
POLICY = load_defaults().get(ForgottenPolicy)
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(db: None) -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return Office(made.departments, {name: Person.objects.get(pk=one.pk) for name, one in made.people.items()})


def talked(office: Office, days_ago: float, *, who: str = "seller one", kind: str = "call", **more: Any) -> Customer:
    customer = office.firm(who)
    interaction_log(
        viewer=office.viewer(who), customer_uid=customer.uid, kind=kind, feedback="好", change_in_needs="无",
        at=clock.now() - days_ago * DAY, **more,
    )  # fmt: skip
    return customer


def last_of(customer: Customer) -> dt.datetime | None:
    return CustomerState.objects.get(pk=customer.pk).last_contact_at


def counters(office: Office, who: str) -> dict[str, tuple[int, str]]:
    page = text_of(signed_in(office.people[who]).get("/"))
    found = counters_in(page)
    return {words: pair for words, pair in found.items() if words.startswith(("over ", "超过"))}


@pytest.mark.requirement("STR-08", proof="user")
def test_a_seller_sees_at_home_who_was_forgotten_and_each_number_opens_its_list(office: Office) -> None:
    steps = (POLICY.first_days, POLICY.second_days, POLICY.third_days)
    for days in (1, *(step + 1 for step in steps), 31 * POLICY.fourth_months + 1, 31 * POLICY.fifth_months + 1):
        talked(office, days)
    lost = talked(office, 400)
    CustomerState.objects.filter(pk=lost.pk).update(lifecycle="lost")
    talked(office, 400, who="other one")
    fresh, never = office.firm("seller one"), office.firm("seller one")
    Customer.objects.filter(pk=never.pk).update(created_at=clock.now() - 400 * DAY)
    CustomerState.objects.filter(pk=never.pk).update(created_at=clock.now() - 400 * DAY)

    found = counters(office, "seller one")

    assert [count for count, _url in found.values()] == [6, 5, 4, 3, 2]
    browser = signed_in(office.people["seller one"])
    for count, url in found.values():
        address = html.unescape(url)
        shown = text_of(browser.get(address))
        assert shown.count('name="uid"') == count
        assert str(never.uid) in shown
        assert str(fresh.uid) not in shown
        assert str(lost.uid) not in shown


@pytest.mark.requirement("STR-08", proof="user")
def test_a_follow_up_written_down_takes_the_customer_off_the_counter(office: Office) -> None:
    customer = talked(office, POLICY.first_days + 1)
    before = counters(office, "seller one")
    browser = signed_in(office.people["seller one"])

    answer = browser.post(
        "/interactions/new/",
        {"customer": str(customer.uid), "kind": "call", "direction": "out", "feedback": "确认排期",
         "change_in_needs": "无", "next_action": "回访", "next_on": (clock.today() + 3 * DAY).isoformat()},
    )  # fmt: skip

    assert answer.status_code in (204, 302), text_of(answer)
    assert next(count for count, _url in before.values()) == 1
    assert counters(office, "seller one") == {}


def test_a_note_is_no_contact_and_an_older_talk_moves_nothing_back(office: Office) -> None:
    customer = talked(office, 3)
    last = last_of(customer)
    for days, kind in ((0, "note"), (20, "visit")):
        interaction_log(
            viewer=office.viewer("seller one"), customer_uid=customer.uid, kind=kind, feedback="好",
            change_in_needs="无", at=clock.now() - days * DAY,
        )  # fmt: skip

    assert last is not None
    assert last_of(customer) == last


def test_talks_that_are_loaded_count_and_talks_taken_back_do_not(office: Office) -> None:
    customer, viewer = talked(office, 40), system("test")
    before, now = last_of(customer), clock.now()
    rows = [
        {"customer_id": customer.pk, "at": now - n * DAY, "kind": "call", "external_id": f"T{n}"}
        for n in range(1, _MANY + 2)
    ]

    taken = interactions_take(viewer=viewer, rows=rows, origin="import")
    assert last_of(customer) == now - DAY
    interactions_remove(viewer=viewer, pks=taken)

    assert last_of(customer) == before


def test_settling_reads_the_newest_contact_of_each(office: Office) -> None:
    one, two, now = office.firm("seller one"), office.firm("seller one"), clock.now()
    timeline_add([Line(one.pk, now - n * DAY, "timeline", "x", is_contact=True) for n in (5, 2, 9)])
    CustomerState.objects.update(last_contact_at=None)

    contacts_settle({one.pk, two.pk})

    assert (last_of(one), last_of(two)) == (now - 2 * DAY, None)
