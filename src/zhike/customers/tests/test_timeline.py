"""One timeline: visible at once, once per event, newest first, and only what the reader's posts may read."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction

from zhike.customers.models import Customer, Interaction, TimelineEntry
from zhike.customers.public import Line, timeline_add
from zhike.customers.selectors import timeline_of
from zhike.customers.services.contact import contact_create, contact_delete
from zhike.customers.services.customer import customer_reassign
from zhike.customers.services.interaction import interaction_log
from zhike.customers.tests.office import Office
from zhike.events.customers import CustomerCreated
from zhike.events.insight import LifecycleChanged, TierChanged
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def kinds(office: Office, who: str, customer: Customer, **options: bool) -> list[str]:
    return [line.kind for line in timeline_of(office.viewer(who), customer, **options)]


@pytest.mark.requirement("DATA-12", proof="rule")
def test_what_happens_is_on_the_timeline_at_once(office: Office) -> None:
    with transaction.atomic():
        customer = office.firm("seller one")
        contact = contact_create(viewer=office.viewer("seller one"), customer_uid=customer.uid, name="王磊")
        talk = interaction_log(
            viewer=office.viewer("seller one"),
            customer_uid=customer.uid,
            kind="call",
            feedback="要报价",
            next_action="报价",
        )
        assert TimelineEntry.objects.filter(customer=customer).count() == 3, "before anything is committed"
    contact_delete(viewer=office.viewer("seller one"), uid=contact.uid)
    customer_reassign(viewer=office.viewer("chief"), uid=customer.uid, owner_id=office.person("other one"))

    assert kinds(office, "lead one", customer) == [
        "customer.reassigned", "contact.removed", "interaction", "contact.added", "customer.created",
    ]  # fmt: skip
    line = TimelineEntry.objects.get(kind="interaction")
    assert (line.words["feedback"], line.words["next_action"]) == ("要报价", "报价")
    assert (line.actor_id, line.subject_uid, line.is_contact) == (office.person("seller one"), talk.uid, True)
    moved = TimelineEntry.objects.get(kind="customer.reassigned")
    assert moved.words == {"before": "员工seller one", "after": "员工other one"}
    assert kinds(office, "lead one", customer, contacts_only=True) == ["interaction"]


def test_a_change_that_is_rolled_back_leaves_no_line(office: Office) -> None:
    customer = office.firm("seller one")

    with transaction.atomic():
        interaction_log(viewer=office.viewer("seller one"), customer_uid=customer.uid, kind="call", feedback="x")
        transaction.set_rollback(True)

    assert kinds(office, "seller one", customer) == ["customer.created"]


def test_an_event_that_is_told_twice_stands_once(office: Office) -> None:
    customer = office.firm("seller one")
    told = CustomerCreated(customer_id=customer.pk, kind="firm")
    line = Line(customer.pk, told.at, "profile", "customer.created", event_uid=told.uid)

    timeline_add([line])
    timeline_add([line, line])

    assert TimelineEntry.objects.filter(event_uid=told.uid).count() == 1


def test_lines_without_an_event_may_be_many(office: Office) -> None:
    customer = office.firm("seller one")
    at = clock.now()

    timeline_add([Line(customer.pk, at, "orders", "order.done", {"number": str(i)}) for i in range(450)])

    lines = TimelineEntry.objects.filter(customer=customer, kind="order.done")
    assert {line.words["number"] for line in lines} == {str(i) for i in range(450)}
    assert lines.values("uid").distinct().count() == 450


@pytest.mark.requirement("DATA-12", proof="rule")
def test_the_newest_stands_first_and_pages_neither_skip_nor_repeat(office: Office) -> None:
    customer = office.firm("seller one")
    start = clock.now() - dt.timedelta(days=10)
    # Three lines of each moment: the order among them must hold over the page's edge.
    timeline_add([Line(customer.pk, start + dt.timedelta(hours=i // 3), "orders", f"order.{i}") for i in range(60)])
    viewer = office.viewer("seller one")

    shown: list[str] = []
    before = None
    while page := timeline_of(viewer, customer, before=before, size=7):
        shown += [line.kind for line in page]
        before = page[-1].pk

    assert shown == ["customer.created"] + [f"order.{i}" for i in reversed(range(60))]


@pytest.mark.requirement("SEC-04", proof="rule")
def test_a_reader_sees_the_lines_of_the_areas_that_the_posts_read(office: Office) -> None:
    customer = office.firm("counter")
    at = clock.now()
    timeline_add([Line(customer.pk, at, str(area), f"in.{area}") for area in Area])

    unseen = {
        who: {str(a) for a in Area} - {k.removeprefix("in.") for k in kinds(office, who, customer)}
        for who in ("boss", "counter", "market")
    }

    assert unseen["boss"] == {"sensitive"}
    assert unseen["counter"] == {"leads", "deals", "health", "settings", "automation"}
    assert {"orders", "deals", "tickets", "health"} <= unseen["market"]


def test_changes_of_band_are_told_on_the_timeline(office: Office) -> None:
    customer = office.firm("seller one")

    with transaction.atomic():
        outbox.publish(
            TierChanged(customer_id=customer.pk, before="core", after="high", as_of="2026-07-15"),
            LifecycleChanged(
                customer_id=customer.pk, before="active", after="at_risk", cause="no_order", as_of="2026-07-15"
            ),
        )

    assert set(kinds(office, "seller one", customer)) >= {"tier.changed", "lifecycle.changed"}
    assert TimelineEntry.objects.get(kind="lifecycle.changed").words["cause"] == "no_order"


def test_a_talk_says_what_was_said_when_and_not_in_the_future(office: Office) -> None:
    customer = office.firm("seller one")
    viewer = office.viewer("seller one")
    now = clock.now()
    bad = {
        "kind": ({"kind": "telepathy", "feedback": "x"}, "not_an_option"),
        "feedback": ({"kind": "call", "feedback": " "}, "required"),
        "at": ({"kind": "call", "feedback": "x", "at": now + dt.timedelta(hours=1)}, "in_future"),
        "direction": ({"kind": "call", "feedback": "x", "direction": "sideways"}, "not_an_option"),
        "mentions": ({"kind": "call", "feedback": "x", "mentions": "weather"}, "not_an_option"),
        "next_action": ({"kind": "call", "feedback": "x", "next_action": "长" * 201}, "too_long"),
    }

    for field, (values, problem) in bad.items():
        with pytest.raises(Invalid) as refused:
            interaction_log(viewer=viewer, customer_uid=customer.uid, **values)  # type: ignore[arg-type]
        assert refused.value.data["fields"] == {field: problem}
    with pytest.raises(NotFound):
        interaction_log(viewer=viewer, customer_uid=customer.uid, kind="call", feedback="x", contact_uid=uuid.uuid4())
    with pytest.raises(NotFound):
        interaction_log(viewer=office.viewer("seller two"), customer_uid=customer.uid, kind="call", feedback="x")
    with pytest.raises(Forbidden):
        interaction_log(viewer=office.viewer("data"), customer_uid=customer.uid, kind="call", feedback="x")
    assert not Interaction.objects.exists()
    past = now - dt.timedelta(days=3)
    made = interaction_log(viewer=viewer, customer_uid=customer.uid, kind="visit", feedback="谈合作", at=past)
    assert TimelineEntry.objects.get(kind="interaction").at == made.at == past
