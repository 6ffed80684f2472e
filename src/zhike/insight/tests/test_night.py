"""The night over a small enterprise: what it writes, that it can be repeated, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.db import connection

from zhike.customers.models import Customer, CustomerState
from zhike.customers.tests.office import Clock, deliver
from zhike.foundation import policies
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.outbox.tests.processes import spawn
from zhike.insight.models import MeasureHistory, NightRun, NightStep
from zhike.insight.services import lock, night
from zhike.insight.services.night import NightAhead, night_run
from zhike.insight.services.snapshot import snapshot_write
from zhike.insight.tests.enterprise import AS_OF, NAMES, SECRET, Enterprise, founded, outcome
from zhike.ledger.models import Order
from zhike.retain.models import Warning
from zhike.retain.services.warning import warning_dismiss, warning_publish

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = system("test night")
WEEK_BEFORE = AS_OF - dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.HOME = tmp_path / "home"
    Clock(tmp_path / "clock", monkeypatch).at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=3))
    return tmp_path / "home"


@pytest.fixture
def enterprise(transactional_db: None) -> Enterprise:
    return founded()


@pytest.mark.requirement("SEG-09", proof="rule")
@pytest.mark.requirement("RET-01", proof="rule")
@pytest.mark.requirement("RET-02", proof="rule")
def test_d4_3_12_and_13_through_the_whole_system(enterprise: Enterprise) -> None:
    """D4-12: last order 15 January, today 15 July → stage 流失风险, strategy row 3, not on the warning list without a
    second signal. D4-13: one / two complaints → no complaint signal / signal. D4-3: feature use 50 → 40 → signal."""
    night_run(viewer=NIGHT, as_of=AS_OF)

    stopped = enterprise.state("stopped")
    assert stopped.last_order_on == dt.date(2026, 1, 15)
    assert (stopped.lifecycle, stopped.strategy_row, stopped.warned) == ("at_risk", "at_risk", False)
    assert [signal["code"] for signal in stopped.reasons["signals"]] == ["no_order"]
    assert enterprise.warning("stopped") is None
    second = enterprise.state("stopped with complaints")
    assert (second.lifecycle, second.warned) == ("at_risk", True)
    assert enterprise.warning("stopped with complaints") is not None

    assert enterprise.state("one complaint").reasons["signals"] == []
    assert enterprise.warning("one complaint") is None
    (signal,) = enterprise.state("two complaints").reasons["signals"]
    assert (signal["code"], signal["evidence"]["count"]) == ("complaints", 2)
    complained = enterprise.warning("two complaints")
    assert complained is not None
    assert (complained.state, complained.main_cause, complained.proposed_on) == ("proposed", "complaints", AS_OF)

    (fall,) = enterprise.state("use falls").reasons["signals"]
    assert (fall["code"], fall["evidence"]["before"], fall["evidence"]["now"]) == ("feature_use_drop", 50, 40)
    assert enterprise.state("well").reasons["signals"] == []
    assert (enterprise.state("lost").lifecycle, enterprise.warning("lost")) == ("lost", None)


def test_what_is_true_now_and_the_history_say_the_same(enterprise: Enterprise) -> None:
    run = night_run(viewer=NIGHT)

    assert (run.as_of, run.state, run.error) == (AS_OF, "done", ""), "yesterday, if nothing is said"
    assert [step.name for step in run.steps.all()] == list(night.STEPS)
    assert all(step.finished_at for step in run.steps.all())
    assert CustomerState.objects.filter(as_of=AS_OF, run_id=run.pk).count() == len(NAMES)
    for state in CustomerState.objects.all():
        then = MeasureHistory.objects.get(customer_id=state.pk, as_of=AS_OF)
        for measure in ("tier", "lifecycle", "health", "risk", "warned", "spend_12m_minor", "clv_fitted_minor"):
            assert getattr(then, measure) == getattr(state, measure), measure
    assert run.data["tables"]["customers"] == len(NAMES)
    assert run.policy_versions["retain.warning"]
    assert Entry.objects.filter(action="night.start", object_id=run.pk).count() == 1


@pytest.mark.requirement("RET-07", proof="rule")
def test_the_same_date_again_gives_the_same_and_nothing_twice(enterprise: Enterprise) -> None:
    night_run(viewer=NIGHT, as_of=WEEK_BEFORE)
    first = night_run(viewer=NIGHT, as_of=AS_OF)
    deliver()
    before = outcome()

    again = night_run(viewer=NIGHT, as_of=AS_OF)
    deliver()

    assert (again.pk, again.result_digest, again.snapshot_digest) == (
        first.pk,
        first.result_digest,
        first.snapshot_digest,
    )
    assert outcome() == before
    assert before["duties"] == Duty.objects.filter(code="B-20").count() == 2, "who came into the row; no proposal"
    assert EventRow.objects.filter(name="insight.NightFinished").count() == 2, "one for each date"
    assert before["events"], "something was told at all"


def test_only_what_changes_between_two_nights_is_told(enterprise: Enterprise) -> None:
    first = night_run(viewer=NIGHT, as_of=AS_OF)
    assert first.changes["lifecycle_changed"] == first.changes["tier_changed"] == 0, "nothing to compare with"
    Order.objects.filter(customer_id=enterprise.ids["well"]).update(amount_minor=9_000_000)

    second = night_run(viewer=NIGHT, as_of=AS_OF + dt.timedelta(days=1))

    assert second.changes["compared_with"] == AS_OF.isoformat()
    told = EventRow.objects.filter(name="insight.TierChanged").get()
    assert told.payload["customer_id"] == enterprise.ids["well"]
    assert (told.payload["before"], told.payload["after"]) == ("core", "high")
    assert second.changes["tier_changed"] == 1
    assert enterprise.state("well").tier == "high"


def test_an_older_night_writes_history_and_touches_nothing_of_today(enterprise: Enterprise) -> None:
    night_run(viewer=NIGHT, as_of=AS_OF)
    late = Customer.objects.get(pk=enterprise.ids["rising"])
    # A file that came in after the newest night with an old date: an older night must not speak for it.
    CustomerState.objects.filter(pk=late.pk).update(as_of=None, tier="", warned=False)
    before = outcome()

    older = night_run(viewer=NIGHT, as_of=WEEK_BEFORE)

    after = outcome()
    for unchanged in ("states", "warnings", "events", "timeline", "audited", "duties"):
        if unchanged == "events":
            told = [event for event in after["events"] if event[0] != "insight.NightFinished"]
            assert told == [event for event in before["events"] if event[0] != "insight.NightFinished"]
        else:
            assert after[unchanged] == before[unchanged], unchanged
    assert MeasureHistory.objects.filter(as_of=WEEK_BEFORE).count() == len(NAMES)
    assert older.changes["older_than_newest"] is True
    assert older.steps.get(name="measures").counts == {"state": 0, "history": len(NAMES)}


def test_a_decision_made_between_two_runs_of_a_night_stands(enterprise: Enterprise) -> None:
    night_run(viewer=NIGHT, as_of=AS_OF)
    dismissed, on_list = enterprise.warning("two complaints"), enterprise.warning("use falls")
    assert dismissed is not None
    assert on_list is not None
    viewer = enterprise.office.viewer("data")
    warning_dismiss(viewer=viewer, uid=dismissed.uid, reason="已解决")
    warning_publish(viewer=viewer, uid=on_list.uid)
    deliver()

    night_run(viewer=NIGHT, as_of=AS_OF)
    deliver()

    assert Warning.objects.filter(customer_id__in=[dismissed.customer_id, on_list.customer_id]).count() == 2
    assert {w.state for w in Warning.objects.filter(pk__in=[dismissed.pk, on_list.pk])} == {"dismissed", "published"}
    assert Duty.objects.filter(code="B-18").count() == 1


def test_the_policies_in_force_on_that_day_decide_and_are_recorded(
    enterprise: Enterprise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "retain.signals.complaints_from"
    soon = clock.start_of(AS_OF + dt.timedelta(days=2))
    policies.change(enterprise.office.viewer("boss"), limit, 3, reason="先观察", effective_from=soon)
    Clock(tmp_path / "clock", monkeypatch).at(soon + dt.timedelta(days=2))

    old = night_run(viewer=NIGHT, as_of=AS_OF)
    warned_by_the_old = enterprise.state("two complaints").warned
    new = night_run(viewer=NIGHT, as_of=AS_OF + dt.timedelta(days=2))

    assert (warned_by_the_old, enterprise.state("two complaints").warned) == (True, False)
    assert old.policy_versions["retain.signals"] != new.policy_versions["retain.signals"]
    assert old.policy_versions["retain.health"] == new.policy_versions["retain.health"]
    versions = MeasureHistory.objects.filter(customer_id=enterprise.ids["well"]).order_by("as_of")
    first, second = versions.values_list("model_version", flat=True)
    assert first != second
    assert enterprise.state("well").model_version == second
    warning = enterprise.warning("two complaints")
    assert warning is not None
    assert warning.state == "withdrawn"


def _texts(folder: Path) -> str:
    tables = [pq.read_table(path).to_pylist() for path in sorted(folder.glob("*.parquet"))]
    return repr(tables) + (folder / "meta.json").read_text()


@pytest.mark.requirement("SEC-09", proof="rule")
@pytest.mark.requirement("SEC-17", proof="rule")
def test_a_snapshot_holds_no_personal_value(enterprise: Enterprise, home: Path) -> None:
    night_run(viewer=NIGHT, as_of=AS_OF)

    text = _texts(home / "snapshots" / AS_OF.isoformat())
    assert str(enterprise.ids["person"]) in text
    masked = Customer.objects.get(pk=enterprise.ids["person"])
    for secret in (
        *SECRET.values(),
        "诸葛",
        "13987651234",
        "well有限公司",
        "响应太慢",
        "例行回访",
        masked.name,
        masked.phone,
    ):
        assert secret not in text, secret


PROMISES = {("contracts", "ends_on"), ("contracts", "starts_on"), ("bills", "due_on")}


def test_a_snapshot_of_an_earlier_day_knows_nothing_later(enterprise: Enterprise, tmp_path: Path) -> None:
    day = AS_OF - dt.timedelta(days=31)
    Customer.objects.filter(pk=enterprise.ids["new"]).update(cooperation_since=AS_OF)
    Customer.objects.filter(pk=enterprise.ids["rising"]).update(created_at=clock.start_of(AS_OF))

    snapshot_write(as_of=day, template="b2b", folder=tmp_path / "then", step=lambda _name, _share: None)

    tables = {path.stem: pq.read_table(path) for path in (tmp_path / "then").glob("*.parquet")}
    for name, table in tables.items():
        for field in table.schema:
            if pa.types.is_date(field.type) and (name, field.name) not in PROMISES:
                newest = pc.max(table.column(field.name)).as_py()
                assert newest is None or newest <= day, (name, field.name)
    customers = {row["customer_id"]: row for row in tables["customers"].to_pylist()}
    assert enterprise.ids["rising"] not in customers
    assert customers[enterprise.ids["new"]]["is_signed"] is False
    open_then = [row["closed_on"] for row in tables["complaints"].to_pylist()]
    assert open_then == [None, None], "received on that day, closed three days later"


def test_a_snapshot_sees_one_moment(enterprise: Enterprise, tmp_path: Path) -> None:
    """Somebody goes on writing while the tables are read."""
    customer = Customer.objects.create(number="C9999999", kind="firm", name="x", name_key="x")
    Customer.objects.filter(pk=customer.pk).update(created_at=clock.start_of(AS_OF - dt.timedelta(days=9)))
    written = []

    def step(name: str, _share: float) -> None:
        if name == "contracts":
            order = Order.objects.create(customer=customer, number="late", ordered_on=AS_OF, amount_minor=1)
            written.append(order.pk)

    snapshot_write(as_of=AS_OF, template="b2b", folder=tmp_path / "now", step=step)

    assert len(written) == 1
    assert written[0] not in pq.read_table(tmp_path / "now" / "orders.parquet").column("order_id").to_pylist()


def test_what_is_written_after_a_night_is_seen_by_other_processes(enterprise: Enterprise) -> None:
    """A second SQLite library in this process would take Django's write-ahead log away when it closes."""
    night_run(viewer=NIGHT, as_of=AS_OF)
    Order.objects.filter(customer_id=enterprise.ids["well"]).update(number="written later")

    other = spawn("""
from zhike.ledger.models import Order
assert Order.objects.filter(number="written later").count() == 24, Order.objects.count()
""")
    _said, errors = other.communicate(timeout=60)

    assert other.returncode == 0, errors.decode()


def test_a_table_without_a_row_is_absent(enterprise: Enterprise, tmp_path: Path) -> None:
    meta = snapshot_write(as_of=AS_OF, template="", folder=tmp_path / "now", step=lambda _name, _share: None)

    assert "bills" not in meta["tables"]
    assert not (tmp_path / "now" / "bills.parquet").exists()
    assert not (tmp_path / "now.building").exists()


def _night_elsewhere(refused: list[str]) -> None:
    try:
        night_run(viewer=NIGHT, as_of=AS_OF)
    except lock.NightBusy as busy:
        refused.append(busy.code)
    finally:
        connection.close()


def test_of_two_nights_at_once_the_second_is_refused(enterprise: Enterprise) -> None:
    refused: list[str] = []

    with lock.only_one():
        other = threading.Thread(target=_night_elsewhere, args=(refused,))
        other.start()
        other.join(60)

    assert refused == ["night_busy"]
    assert not NightRun.objects.exists()
    night_run(viewer=NIGHT, as_of=AS_OF)


def test_two_machines_on_one_postgresql_hold_each_other_off(
    enterprise: Enterprise, settings: Any, tmp_path: Path
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite stands on one machine")
    refused: list[str] = []

    with lock.only_one():
        settings.HOME = tmp_path / "another machine"
        other = threading.Thread(target=_night_elsewhere, args=(refused,))
        other.start()
        other.join(60)

    assert refused == ["night_busy"]


def test_a_night_that_fails_says_why_and_the_next_start_goes_on(
    enterprise: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no room on the disk")

    with monkeypatch.context() as patch:
        patch.setattr(night, "compute", broken)
        with pytest.raises(RuntimeError):
            night_run(viewer=NIGHT, as_of=AS_OF)
    failed = NightRun.objects.get()
    assert (failed.state, "no room on the disk" in failed.error) == ("failed", True)
    assert NightStep.objects.filter(run=failed).count() == 1

    done = night_run(viewer=NIGHT, as_of=AS_OF)

    assert (done.pk, done.state, done.error) == (failed.pk, "done", "")


def test_who_may_start_a_night_and_for_which_day(enterprise: Enterprise) -> None:
    for who in ("data", "seller one"):
        with pytest.raises(Forbidden):
            night_run(viewer=enterprise.office.viewer(who), as_of=AS_OF)
    with pytest.raises(NightAhead):
        night_run(viewer=NIGHT, as_of=AS_OF + dt.timedelta(days=2))
    assert not NightRun.objects.exists()
    run = night_run(viewer=enterprise.office.viewer("it"), as_of=AS_OF)
    entry = Entry.objects.get(action="night.start")
    assert (entry.object_id, entry.actor_id) == (run.pk, enterprise.office.person("it"))


def test_snapshots_of_the_last_nights_are_kept(enterprise: Enterprise, home: Path) -> None:
    for ago in range(9):
        folder = home / "snapshots" / (AS_OF - dt.timedelta(days=30 + ago)).isoformat()
        folder.mkdir(parents=True)

    night_run(viewer=NIGHT, as_of=AS_OF)

    kept = sorted(path.name for path in (home / "snapshots").iterdir())
    assert len(kept) == 7
    assert kept[-1] == AS_OF.isoformat()
