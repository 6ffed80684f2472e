"""Reading the log: who may, what is found, what is shown."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.audit.tests.conftest import holder
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock, ids
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SEC-08", proof="rule")]
COMPLIANCE = "compliance_specialist"


@pytest.mark.parametrize("post", sorted(posts()))
def test_the_log_is_read_by_posts_that_see_consent_and_audit_in_full_and_by_nobody_else(post: str) -> None:
    viewer = holder(post)
    readings: list[Callable[[], Any]] = [
        lambda: audit.entries(viewer),
        lambda: audit.count(viewer),
        lambda: audit.export(viewer, io.StringIO()),
    ]
    for reading in readings:
        if Level.FULL in posts()[post].areas.get(Area.CONSENT, frozenset()):
            reading()
        else:
            with pytest.raises(Forbidden):
                reading()


def test_at_least_compliance_reads_the_log() -> None:
    assert audit.entries(holder(COMPLIANCE)) == []


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five entries, an hour apart."""
    start = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    wang, li = holder("customer_manager", 1, "王"), holder("customer_manager", 2, "李")
    for hour, (viewer, action, kind, number) in enumerate(
        [
            (wang, "customer.create", "customer", 5),
            (li, "customer.update", "customer", 5),
            (wang, "contact.create", "contact", 5),
            (li, "customer.update", "customer", 6),
        ]
    ):
        monkeypatch.setattr(clock, "now", lambda hour=hour: start + dt.timedelta(hours=hour))
        audit.record(viewer, action, kind=kind, object_id=number, object_uid=ids.uid())
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(hours=4))
    audit.record(wang, "customer.assign", kind="customer", batch=[(5, "a"), (8, "b")])


def hours(**filters: Any) -> list[int]:
    """Hours of the entries found, in the order shown."""
    return [line.at.hour - 8 for line in audit.entries(holder(COMPLIANCE), audit.Filters(**filters))]


@pytest.mark.usefixtures("log")
def test_entries_are_found_by_person_action_kind_object_and_period_newest_first() -> None:
    morning = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

    assert hours() == [4, 3, 2, 1, 0]
    assert hours(person_id=2) == [3, 1]
    assert hours(action="customer.update") == [3, 1]
    assert hours(kind="contact") == [2]
    assert hours(kind="customer", object_id=5) == [4, 1, 0]
    assert hours(object_id=5) == [4, 2, 1, 0]
    assert hours(object_id=8) == [4]
    assert hours(object_uid=Entry.objects.get(kind="contact").object_uid) == [2]
    assert hours(since=morning, until=morning + dt.timedelta(hours=2)) == [2, 1]
    assert hours(person_id=2, kind="contact") == []
    assert audit.count(holder(COMPLIANCE), audit.Filters(person_id=2)) == 2
    assert audit.count(holder(COMPLIANCE), up_to=3) == 4


@pytest.mark.usefixtures("log")
def test_pages_follow_each_other_without_gap_or_double() -> None:
    viewer, seen, before = holder(COMPLIANCE), [], None
    while page := audit.entries(viewer, before=before, limit=2):
        seen += [line.id for line in page]
        before = page[-1].id

    assert seen == sorted(Entry.objects.values_list("id", flat=True), reverse=True)


def test_a_line_says_whether_it_is_sealed(seal: Callable[[], int]) -> None:
    audit.record(system("test"), "x", kind="x")
    seal()
    audit.record(system("test"), "y", kind="x")

    assert [(line.action, line.seq) for line in audit.entries(holder(COMPLIANCE))] == [("y", None), ("x", 1)]


@pytest.mark.requirement("SEC-09", proof="rule")
def test_personal_values_are_masked_and_those_of_erased_persons_gone() -> None:
    one, gone = ids.uids(2)
    said = {"before": {"phone": "", "name": "张三"}, "after": {"phone": "13812345678", "name": "张小三"}}
    audit.record(system("test"), "contact.update", kind="contact", personal={one: said, gone: said})
    vault.erase([gone])

    (line,) = audit.entries(holder(COMPLIANCE))

    assert line.personal == {
        one: {"before": {"phone": "", "name": "张*"}, "after": {"phone": "138****5678", "name": "张**"}},
        gone: None,
    }


@pytest.mark.requirement("SEC-05", proof="rule")
def test_a_personal_value_is_revealed_with_a_reason_and_the_view_is_logged() -> None:
    subject, viewer = ids.uid(), holder(COMPLIANCE)
    audit.record(system("test"), "contact.update", kind="contact", personal={subject: {"after": {"name": "张三"}}})
    entry = Entry.objects.get()

    assert audit.reveal(viewer, entry.pk, reason="complaint 12") == {subject: {"after": {"name": "张三"}}}

    newest = audit.entries(viewer)[0]
    assert (newest.action, newest.object_id, newest.reason) == ("audit.reveal", entry.pk, "complaint 12")
    with pytest.raises(Invalid):
        audit.reveal(viewer, entry.pk, reason=" ")
    with pytest.raises(NotFound):
        audit.reveal(viewer, 10**9, reason="x")
    with pytest.raises(Forbidden):
        audit.reveal(holder("customer_manager"), entry.pk, reason="x")


def test_an_export_carries_the_signed_head_and_every_sealed_row_but_no_personal_value(seal: Callable[[], int]) -> None:
    subject = ids.uid()
    audit.record(system("test"), "a", kind="x", personal={subject: {"after": {"name": "独孤求败"}}}, batch=[(1, "d")])
    audit.record(system("test"), "b", kind="x", after={"n": 1})
    seal()
    audit.record(system("test"), "not sealed yet", kind="x")
    target = io.StringIO()

    assert audit.export(holder(COMPLIANCE), target) == 2

    lines = [json.loads(line) for line in target.getvalue().splitlines()]
    assert [line["entry"]["action"] for line in lines[1:]] == ["a", "b"]
    assert lines[1]["batch"] == [[1, "d"]]
    assert lines[2]["entry"]["after"] == {"n": 1}
    assert "独孤" not in target.getvalue()
    assert audit.verify(against=lines[0]["head"]).is_intact
    assert not audit.verify(against=lines[0]["head"] | {"seq": 1}).is_intact
    assert Entry.objects.filter(action="audit.export").count() == 1


def test_an_export_goes_on_where_the_last_one_ended(seal: Callable[[], int]) -> None:
    for number in range(4):
        audit.record(system("test"), f"a{number}", kind="x")
    seal()
    target = io.StringIO()

    assert audit.export(holder(COMPLIANCE), target, after=3) == 1
    assert json.loads(target.getvalue().splitlines()[1])["entry"]["action"] == "a3"
