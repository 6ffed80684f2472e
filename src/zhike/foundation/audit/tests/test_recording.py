"""What an entry holds, and that it stands or falls with its transaction."""

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from zhike.foundation import audit
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import BatchItem, Entry, Unsealed
from zhike.foundation.audit.tests.conftest import holder
from zhike.foundation.crypto import vault
from zhike.foundation.crypto.errors import PersonErased
from zhike.foundation.kit import ids

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SEC-08", proof="rule")
def test_an_entry_says_who_did_what_to_what_before_and_after_why_and_from_where() -> None:
    uid = ids.uid()

    audit.record(
        holder("customer_manager"),
        "customer.update",
        kind="customer",
        object_id=12,
        object_uid=uid,
        before={"region": "北京", "since": dt.date(2024, 5, 1)},
        after={"region": "上海", "share": Decimal("0.5"), "uid": uid, "tags": {"b", "a"}},
        reason="客户搬迁",
    )

    entry = Entry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.is_system, entry.address) == (7, "周敏", False, "10.0.0.8")
    assert (entry.action, entry.kind, entry.object_id, entry.object_uid) == ("customer.update", "customer", 12, uid)
    assert json.loads(entry.before) == {"region": "北京", "since": "2024-05-01"}
    assert json.loads(entry.after) == {"region": "上海", "share": "0.5", "uid": str(uid), "tags": ["a", "b"]}
    assert entry.reason == "客户搬迁"


def test_the_system_is_named_with_its_reason() -> None:
    audit.record(system("night 2026-11-20"), "measures.set", kind="customer")

    entry = Entry.objects.get()
    assert (entry.actor_id, entry.is_system, entry.reason) == (None, True, "night 2026-11-20")


@pytest.mark.requirement("SEC-17", proof="rule")
def test_a_personal_value_is_kept_as_ciphertext_under_that_persons_key() -> None:
    subject = ids.uid()

    audit.record(
        holder("customer_manager"),
        "contact.update",
        kind="contact",
        object_id=3,
        personal={subject: {"before": {"phone": "13800001234"}, "after": {"phone": "13900005678"}}},
    )

    entry = Entry.objects.get()
    token = json.loads(entry.personal)[str(subject)]
    assert "1380000" not in entry.personal
    assert json.loads(vault.unseal_text(subject, token) or "")["after"] == {"phone": "13900005678"}


def test_nothing_personal_is_recorded_about_an_erased_person() -> None:
    subject = ids.uid()
    vault.store({subject: {"name": "张三"}})
    vault.erase([subject])

    with pytest.raises(PersonErased):
        audit.record(system("test"), "x", kind="contact", personal={subject: {"after": {"name": "张三"}}})


def test_a_batch_is_one_entry_with_a_digest_per_object() -> None:
    batch = [(number, audit.digest_of({"tier": number})) for number in (9, 3, 5)]

    audit.record(holder("sales_lead"), "customer.assign", kind="customer", batch=iter(batch))

    entry = Entry.objects.get()
    assert (entry.batch_size, len(entry.batch_digest)) == (3, 64)
    assert set(BatchItem.objects.values_list("entry_id", "object_id", "digest")) == {
        (entry.pk, *item) for item in batch
    }


def test_a_digest_cannot_be_guessed_without_the_key() -> None:
    import hashlib

    values = {"phone": "13800001234"}

    assert audit.digest_of(values) == audit.digest_of(dict(values))
    assert audit.digest_of(values) != audit.digest_of({"phone": "13800001235"})
    assert audit.digest_of(values) != hashlib.sha256(json.dumps(values).encode()).hexdigest()


def test_text_that_a_database_cannot_hold_is_recorded_without_it() -> None:
    audit.record(system("a\0b"), "x", kind="y", before={"text": "nul \0 and \ud800"}, reason="c\0d\ud800")

    entry = Entry.objects.get()
    assert entry.reason == "cd?"
    assert json.loads(entry.before)["text"].startswith("nul ")


@pytest.mark.requirement("SEC-08", proof="rule")
def test_an_entry_falls_with_the_transaction_of_its_change() -> None:
    with transaction.atomic():
        audit.record(system("test"), "x", kind="y")
        transaction.set_rollback(True)

    assert (Entry.objects.count(), Unsealed.objects.count()) == (0, 0)


@pytest.mark.requirement("SEC-08", proof="rule")
@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_batch_item"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {}"])
def test_the_database_refuses_to_change_or_remove_what_is_written(table: str, statement: str) -> None:
    columns = {"audit_entry": "reason = 'x'", "audit_seal": "seq = seq + 1", "audit_batch_item": "digest = 'x'"}
    audit.record(system("test"), "x", kind="y", batch=[(1, "a")])
    audit.seal()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, columns[table]))


def test_truncation_is_refused_too() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


def test_flush_is_refused_outside_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.management import CommandError, call_command

    monkeypatch.setenv("ZHIKE_ENV", "prod")
    with pytest.raises(CommandError):
        call_command("flush", interactive=False)


def test_an_identifier_is_a_uuid_in_the_log() -> None:
    audit.record(system("test"), "x", kind="y", object_uid=UUID(int=5))

    assert Entry.objects.get().object_uid == UUID(int=5)
