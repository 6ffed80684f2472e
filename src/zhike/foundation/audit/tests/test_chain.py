"""The chain: any single change to what is written is found, and nothing else is."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhike.foundation import audit
from zhike.foundation.access.viewer import system
from zhike.foundation.audit import guards, heads, rows, sealing
from zhike.foundation.audit.models import BatchItem, Entry, Seal, Unsealed
from zhike.foundation.audit.tests.conftest import holder
from zhike.foundation.crypto import vault
from zhike.foundation.kit import ids

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SEC-08", proof="rule")]
LENGTH = 12
Sealer = Callable[[], int]


def written(count: int = LENGTH) -> None:
    for number in range(count):
        audit.record(
            holder("customer_manager"),
            f"customer.step{number}",
            kind="customer",
            object_id=number,
            object_uid=ids.uid(),
            before={"n": number},
            after={"n": number + 1},
            personal={ids.uid(): {"after": {"name": "张三"}}},
            reason="r",
            batch=[(number, "a"), (number + 1, "b")],
        )


def codes() -> set[str]:
    return {problem.code for problem in audit.verify().problems}


def test_an_untouched_log_is_intact_and_its_unsealed_tail_is_named(seal: Sealer) -> None:
    written()
    assert seal() == LENGTH
    written(3)

    report = audit.verify()

    assert report.is_intact
    assert (report.checked, report.head_seq, report.unsealed_count) == (LENGTH, LENGTH, 3)
    waiting = list(Unsealed.objects.order_by("entry_id").values_list("entry_id", flat=True))
    assert (report.unsealed_first, report.unsealed_last) == (waiting[0], waiting[-1])
    assert report.unsealed_since == Entry.objects.get(pk=waiting[0]).at


def test_an_empty_log_is_intact() -> None:
    assert audit.verify().is_intact
    assert audit.seal() == 0


CHANGES = {
    "at": lambda e: e.at + dt.timedelta(microseconds=1),
    "actor_id": lambda e: 8,
    "actor_name": lambda e: e.actor_name + " ",
    "is_system": lambda e: True,
    "address": lambda e: "10.0.0.9",
    "action": lambda e: "customer.other",
    "kind": lambda e: "contact",
    "object_id": lambda e: None,
    "object_uid": lambda e: ids.uid(),
    "before": lambda e: "",
    "after": lambda e: e.after.replace(":", ": "),
    "personal": lambda e: "{}",
    "reason": lambda e: "",
    "batch_size": lambda e: 1,
    "batch_digest": lambda e: "0" * 64,
}


def test_every_column_of_an_entry_is_known_to_the_test_of_changes() -> None:
    assert {field.name for field in Entry._meta.get_fields()} == {"id", *CHANGES}


@st.composite
def tampering(draw: st.DrawFn) -> tuple[str, Callable[[], None]]:
    """One single change to the tables, with its description."""
    seq = draw(st.integers(1, LENGTH))
    what = draw(
        st.sampled_from(
            ["entry", "remove entry", "remove seal", "remove both", "cut", "swap", "renumber", "mac", "sealed_at",
             "item removed", "item changed", "item added", "item moved", "entry id", "unseal"]
        )
    )  # fmt: skip
    column = draw(st.sampled_from(sorted(CHANGES)))
    other = draw(st.integers(1, LENGTH).filter(lambda n: n != seq))
    bit = draw(st.integers(0, 255))
    return f"{what} {seq} {column} {other} {bit}", lambda: apply(what, seq, column, other, bit)


def apply(what: str, seq: int, column: str, other: int, bit: int) -> None:
    seals = Seal.objects.filter(seq=seq)
    entry_id = seals.get().entry_id
    entries, items = Entry.objects.filter(id=entry_id), BatchItem.objects.filter(entry_id=entry_id)
    match what:
        case "entry":
            entries.update(**{column: CHANGES[column](entries.get())})
        case "entry id":
            entries.update(id=10_000 + entry_id)
        case "remove entry":
            entries.delete()
        case "remove seal":
            seals.delete()
        case "unseal":
            seals.delete()
            Unsealed.objects.create(entry_id=entry_id)
        case "remove both":
            entries.delete()
            seals.delete()
        case "cut":
            Entry.objects.filter(id__gte=entry_id).delete()
            Seal.objects.filter(seq__gte=seq).delete()
        case "swap":
            mine, yours = seals.get().entry_id, Seal.objects.get(seq=other).entry_id
            seals.update(entry_id=-1)
            Seal.objects.filter(seq=other).update(entry_id=mine)
            seals.update(entry_id=yours)
        case "renumber":
            seals.update(seq=LENGTH + other)
        case "mac":
            mac = bytearray(seals.get().mac)
            mac[bit // 8] ^= 1 << bit % 8
            seals.update(mac=bytes(mac))
        case "sealed_at":
            seals.update(sealed_at=seals.get().sealed_at + dt.timedelta(seconds=1))
        case "item removed":
            BatchItem.objects.filter(pk=items.first().pk).delete()  # type: ignore[union-attr]
        case "item changed":
            BatchItem.objects.filter(pk=items.first().pk).update(digest="z")  # type: ignore[union-attr]
        case "item added":
            BatchItem.objects.create(entry_id=entry_id, object_id=99, digest="z")
        case "item moved":
            items.update(entry_id=Seal.objects.get(seq=other).entry_id)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=tampering())
def test_any_single_change_is_found(seal: Sealer, change: tuple[str, Callable[[], None]]) -> None:
    _, tamper = change
    with transaction.atomic():
        guards.remove(connection)
        if not Seal.objects.exists():
            guards.install(connection)
            written()
            seal()
            guards.remove(connection)
        assert audit.verify().is_intact

        point = transaction.savepoint()
        tamper()
        report = audit.verify()
        transaction.savepoint_rollback(point)
        guards.install(connection)

    assert not report.is_intact


@pytest.fixture
def unguarded(seal: Sealer) -> None:
    """A sealed log whose triggers somebody has dropped."""
    written()
    seal()
    guards.remove(connection)


@pytest.mark.usefixtures("unguarded")
def test_a_changed_entry_is_named_alone() -> None:
    entry_id = Seal.objects.get(seq=5).entry_id
    Entry.objects.filter(id=entry_id).update(reason="other")

    assert [(p.code, p.seq, p.entry_id) for p in audit.verify().problems] == [("changed", 5, entry_id)]


@pytest.mark.usefixtures("unguarded")
def test_a_removed_entry_is_named_alone() -> None:
    entry_id = Seal.objects.get(seq=5).entry_id
    Entry.objects.filter(id=entry_id).delete()

    problems = [(p.code, p.seq, p.entry_id) for p in audit.verify().problems]
    assert ("entry_removed", 5, entry_id) in problems
    assert {seq for _, seq, _ in problems} == {5}


@pytest.mark.usefixtures("unguarded")
def test_a_row_removed_with_its_seal_leaves_a_gap_that_is_named_with_its_length() -> None:
    gone = list(Seal.objects.filter(seq__in=[5, 6]).values_list("entry_id", flat=True))
    Seal.objects.filter(seq__in=[5, 6]).delete()
    Entry.objects.filter(id__in=gone).delete()

    assert [(p.code, p.seq, p.count) for p in audit.verify().problems] == [("seal_removed", 5, 2)]


@pytest.mark.usefixtures("unguarded")
def test_a_tail_that_was_cut_off_is_found_by_the_head_outside_the_database() -> None:
    last = Seal.objects.get(seq=LENGTH)
    Entry.objects.filter(id=last.entry_id).delete()
    last.delete()

    assert [(p.code, p.seq, p.count) for p in audit.verify().problems] == [("tail_removed", LENGTH, 1)]


@pytest.mark.usefixtures("unguarded")
def test_a_cut_tail_is_still_found_after_the_chain_has_grown_past_it(seal: Sealer) -> None:
    Entry.objects.filter(id__gte=Seal.objects.get(seq=LENGTH - 2).entry_id).delete()
    Seal.objects.filter(seq__gte=LENGTH - 2).delete()
    guards.install(connection)
    written(6)
    assert seal() == 6

    assert codes() == {"head_differs"}
    assert heads.read().seq == LENGTH  # type: ignore[union-attr]


@pytest.mark.usefixtures("unguarded")
def test_an_entry_taken_out_of_the_queue_is_found() -> None:
    guards.install(connection)
    written(1)
    Unsealed.objects.all().delete()

    assert codes() == {"never_queued"}


@pytest.mark.usefixtures("unguarded")
def test_an_entry_removed_before_it_was_sealed_is_betrayed_by_the_queue(seal: Sealer) -> None:
    guards.install(connection)
    written(2)
    guards.remove(connection)
    first = Unsealed.objects.order_by("entry_id").first()
    Entry.objects.filter(pk=first.entry_id).delete()  # type: ignore[union-attr]

    assert seal() == 1
    assert [(p.code, p.entry_id) for p in audit.verify().problems] == [("entry_removed", first.entry_id)]  # type: ignore[union-attr]


@pytest.mark.usefixtures("unguarded")
def test_a_head_that_was_removed_or_forged_is_reported(home: Path) -> None:
    path = home / "audit" / "head.json"
    content = json.loads(path.read_text())
    path.unlink()
    assert codes() == {"head_missing"}

    for forged in (content | {"seq": 3}, content | {"signature": "0" * 64}, {"seq": 3}, [], "x"):
        path.write_text(json.dumps(forged))
        assert codes() == {"head_forged"}, forged
    path.write_text("{")
    assert codes() == {"head_forged"}


def test_an_older_head_is_no_problem_but_a_later_copy_of_it_proves_a_roll_back(home: Path, seal: Sealer) -> None:
    written(3)
    seal()
    older = json.loads((home / "audit" / "head.json").read_text())
    written(2)
    seal()
    newer = json.loads((home / "audit" / "head.json").read_text())
    (home / "audit" / "head.json").write_text(json.dumps(older))
    assert audit.verify().is_intact
    assert audit.verify(against=newer).is_intact

    guards.remove(connection)
    Entry.objects.filter(id__in=Seal.objects.filter(seq__gt=3).values("entry_id")).delete()
    Seal.objects.filter(seq__gt=3).delete()

    assert audit.verify().is_intact, "database and head were both put back"
    assert [p.code for p in audit.verify(against=newer).problems] == ["tail_removed"]


@pytest.mark.requirement("SEC-16", proof="rule")
def test_the_chain_still_verifies_after_a_person_is_erased(seal: Sealer) -> None:
    subject = ids.uid()
    vault.store({subject: {"name": "张三"}})
    audit.record(system("test"), "contact.create", kind="contact", personal={subject: {"after": {"name": "张三"}}})
    seal()

    vault.erase([subject])

    assert audit.verify().is_intact
    token = json.loads(Entry.objects.get().personal)[str(subject)]
    assert vault.unseal_text(subject, token) is None


def test_a_second_verification_checks_only_what_is_new(seal: Sealer) -> None:
    written(5)
    seal()
    assert audit.verify().checked == 5
    written(4)
    seal()

    report = audit.verify(full=False)

    assert (report.is_intact, report.started_after, report.checked) == (True, 5, 4)
    assert audit.verify(full=False).checked == 0
    assert audit.verify().checked == 9


@pytest.mark.usefixtures("unguarded")
def test_a_checkpoint_is_not_trusted_when_it_was_forged_or_its_place_in_the_chain_changed(home: Path) -> None:
    assert audit.verify().is_intact
    path = home / "audit" / "verified.json"
    real = path.read_text()
    Entry.objects.filter(id=Seal.objects.get(seq=2).entry_id).update(reason="other")
    assert audit.verify(full=False).is_intact, "what was verified before is not looked at again"

    path.write_text(real.replace('"seq": 12', '"seq": 11'))
    assert {p.code for p in audit.verify(full=False).problems} == {"checkpoint_forged", "changed"}

    path.write_text(real)
    Seal.objects.filter(seq=LENGTH).update(mac=bytes(32))
    assert "checkpoint_differs" in {p.code for p in audit.verify(full=False).problems}


def test_a_broken_chain_does_not_move_the_checkpoint(home: Path, seal: Sealer) -> None:
    written(2)
    seal()
    guards.remove(connection)
    Entry.objects.update(reason="other")
    audit.verify()

    assert not (home / "audit" / "verified.json").exists()


def test_a_thousand_problems_are_listed_and_all_are_counted(seal: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhike.foundation.audit.verifying.MOST_PROBLEMS", 3)
    written(5)
    seal()
    guards.remove(connection)
    Entry.objects.update(reason="other")

    report = audit.verify()

    assert (len(report.problems), report.problem_count, report.is_intact) == (3, 5, False)


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
def test_a_moment_reads_the_same_from_the_database_as_it_was_sealed(
    seal: Sealer, monkeypatch: pytest.MonkeyPatch, microsecond: int
) -> None:
    at = dt.datetime(2026, 1, 31, 23, 5, 9, microsecond, tzinfo=dt.UTC)
    monkeypatch.setattr("zhike.foundation.kit.clock.now", lambda: at)
    written(2)
    seal()

    (piece,) = rows.sealed(0, 2, 10)
    assert {row.sealed_at for row in piece} == {at.isoformat(timespec="microseconds")}
    assert {row.row[1] for row in piece if row.row} == {at.isoformat(timespec="microseconds")}
    assert audit.verify().is_intact


def test_sealing_in_pieces_makes_one_chain(seal: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE", 5)
    monkeypatch.setattr("zhike.foundation.audit.verifying.PIECE", 4)
    written()

    assert seal() == LENGTH

    assert list(Seal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, LENGTH + 1))
    assert audit.verify().is_intact


def test_a_restore_sets_the_old_head_aside_and_is_itself_recorded(home: Path, seal: Sealer) -> None:
    written()
    seal()
    guards.remove(connection)
    Entry.objects.filter(id__in=Seal.objects.filter(seq__gt=7).values("entry_id")).delete()
    Seal.objects.filter(seq__gt=7).delete()
    guards.install(connection)
    assert codes() == {"tail_removed"}

    audit.restored(holder("it_team"), "disk failed, backup of Friday")
    seal()

    assert audit.verify().is_intact
    entry = Entry.objects.get(action="audit.restored")
    assert (json.loads(entry.before)["seq"], json.loads(entry.after)["seq"]) == (LENGTH, 7)
    assert len(list((home / "audit").glob(f"head-{LENGTH}-*.json"))) == 1
