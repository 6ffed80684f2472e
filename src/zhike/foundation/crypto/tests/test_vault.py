"""The vault on a real database: what is kept, who can open it, what stays after erasure."""

import base64
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from zhike.foundation.crypto import erasures, fingerprints, keys, rotation, vault
from zhike.foundation.crypto.errors import KeyMismatch, KeyMissing, PersonErased, ValueDamaged
from zhike.foundation.crypto.models import KeyFingerprint, PersonKey, VaultValue
from zhike.foundation.kit import clock, ids

pytestmark = pytest.mark.django_db
KINDS = ("name", "phone", "email", "address", "id_number", "birthday", "wechat")


def person(**values: str) -> UUID:
    subject = ids.uid()
    vault.store({subject: values or {"name": "欧阳小明", "phone": "13800001234"}})
    return subject


def test_values_come_back_as_they_were_given() -> None:
    given = {kind: f"{kind} 欧阳😀\u0000é" for kind in KINDS}
    one, other = ids.uids(2)

    vault.store({one: given, other: {"name": "王五"}})

    assert vault.open_values([one, other], KINDS) == {one: given, other: {"name": "王五"}}


def test_only_the_kinds_asked_for_are_opened_and_unknown_persons_are_missing() -> None:
    subject = person()

    assert vault.open_values([subject, ids.uid()], ["phone"]) == {subject: {"phone": "13800001234"}}
    assert vault.open_values([], KINDS) == {}


def test_storing_again_replaces_what_is_named_and_keeps_the_rest() -> None:
    subject = person(name="张三", phone="13800001234")

    vault.store({subject: {"phone": "13900005678"}})

    assert vault.open_values([subject], KINDS) == {subject: {"name": "张三", "phone": "13900005678"}}


def test_an_empty_text_removes_a_value() -> None:
    subject = person(name="张三", phone="13800001234")

    vault.store({subject: {"phone": "", "email": ""}})

    assert vault.open_values([subject], KINDS) == {subject: {"name": "张三"}}
    assert VaultValue.objects.filter(person=subject).count() == 1


def test_the_same_value_is_never_the_same_ciphertext() -> None:
    one, other = person(name="张三"), person(name="张三")
    first = bytes(VaultValue.objects.get(person=one).ciphertext)

    vault.store({one: {"name": "张三"}})

    assert len({first, bytes(VaultValue.objects.get(person=one).ciphertext)}) == 2
    assert bytes(VaultValue.objects.get(person=one).ciphertext) != bytes(
        VaultValue.objects.get(person=other).ciphertext
    )


@pytest.mark.requirement("SEC-17", proof="rule")
def test_a_ciphertext_moved_to_another_person_does_not_open() -> None:
    mine, yours = person(name="张三"), person(name="李四")
    VaultValue.objects.filter(person=yours).update(ciphertext=VaultValue.objects.get(person=mine).ciphertext)

    with pytest.raises(ValueDamaged):
        vault.open_values([yours], ["name"])


def test_a_data_key_moved_to_another_person_does_not_open() -> None:
    mine, yours = person(name="张三"), person(name="李四")
    PersonKey.objects.filter(subject=yours).update(wrapped=PersonKey.objects.get(subject=mine).wrapped)
    VaultValue.objects.filter(person=yours).update(ciphertext=VaultValue.objects.get(person=mine).ciphertext)

    with pytest.raises(KeyMismatch):
        vault.open_values([yours], ["name"])


@pytest.mark.requirement("SEC-17", proof="rule")
def test_a_ciphertext_moved_to_another_kind_does_not_open() -> None:
    subject = person(name="张三")
    VaultValue.objects.filter(person=subject, kind="name").update(kind="address")

    with pytest.raises(ValueDamaged):
        vault.open_values([subject], ["address"])


def test_a_single_flipped_bit_does_not_open() -> None:
    subject = person(name="张三")
    sealed = bytearray(VaultValue.objects.get(person=subject).ciphertext)
    sealed[-1] ^= 1
    VaultValue.objects.filter(person=subject).update(ciphertext=bytes(sealed))

    with pytest.raises(ValueDamaged):
        vault.open_values([subject], ["name"])


def test_text_under_a_persons_key_opens_for_that_person_alone() -> None:
    mine, yours = person(), person()
    token = vault.seal_text(mine, "旧电话 13800001234")

    assert token.isascii()
    assert vault.unseal_text(mine, token) == "旧电话 13800001234"
    assert vault.unseal_text(yours, token) is None
    assert vault.unseal_text(ids.uid(), token) is None


def test_a_stored_value_cannot_be_passed_off_as_sealed_text() -> None:
    subject = person(name="张三")
    sealed = bytes(VaultValue.objects.get(person=subject).ciphertext)

    assert vault.unseal_text(subject, "v1." + base64.urlsafe_b64encode(sealed).decode()) is None


@pytest.mark.parametrize("token", ["", "v1.", "v1.AAAA", "v1.*", "v2.AAAA", "v1." + "A" * 200, "v1.é"])
def test_what_was_never_sealed_does_not_unseal(token: str) -> None:
    assert vault.unseal_text(person(), token) is None


@pytest.mark.requirement("SEC-16", proof="rule")
def test_erasing_makes_values_and_sealed_texts_unreadable_and_leaves_others_alone() -> None:
    gone, stays = person(name="张三"), person(name="李四")
    token = vault.seal_text(gone, "旧姓名 张三")

    assert vault.erase([gone, ids.uid()]) == 1

    assert vault.open_values([gone, stays], KINDS) == {stays: {"name": "李四"}}
    assert vault.unseal_text(gone, token) is None
    assert not VaultValue.objects.filter(person=gone).exists()
    assert PersonKey.objects.get(subject=gone).wrapped is None
    assert vault.erase([gone]) == 0


def test_nothing_can_be_kept_for_an_erased_person() -> None:
    gone = person()
    vault.erase([gone])

    with pytest.raises(PersonErased):
        vault.store({gone: {"name": "张三"}})
    with pytest.raises(PersonErased):
        vault.seal_text(gone, "张三")
    vault.store({gone: {"name": ""}})


def test_the_database_itself_holds_an_erased_key_empty() -> None:
    gone = person()
    key = PersonKey.objects.get(subject=gone).wrapped
    vault.erase([gone])

    with pytest.raises(IntegrityError):
        PersonKey.objects.filter(subject=gone).update(wrapped=key)


def test_a_restored_backup_forgets_the_erased_again(django_capture_on_commit_callbacks: Any) -> None:
    gone, stays = person(name="张三"), person(name="李四")
    backup = (
        list(PersonKey.objects.filter(subject=gone).values()),
        list(VaultValue.objects.filter(person=gone).values()),
    )
    with django_capture_on_commit_callbacks(execute=True):
        vault.erase([gone])
    PersonKey.objects.filter(subject=gone).delete()
    PersonKey.objects.create(**backup[0][0])
    VaultValue.objects.create(**backup[1][0])
    assert vault.open_values([gone], KINDS) == {gone: {"name": "张三"}}

    assert erasures.reapply() == 1

    assert vault.open_values([gone, stays], KINDS) == {stays: {"name": "李四"}}


def test_the_list_of_the_erased_catches_up_with_what_a_crash_left_out() -> None:
    gone = person()
    vault.erase([gone])  # inside a test nothing is committed, as in a crash between commit and file
    assert erasures.listed() == set()

    assert (erasures.synchronise(), erasures.synchronise()) == (1, 0)
    assert erasures.listed() == {gone}


def test_keys_of_another_installation_are_refused(settings: Any, tmp_path: Path) -> None:
    subject = person()
    settings.KEY_DIR = tmp_path / "others"
    keys.forget()

    with pytest.raises(KeyMismatch):
        vault.open_values([subject], KINDS)
    with pytest.raises(KeyMismatch):
        vault.store({ids.uid(): {"name": "张三"}})
    assert {problem.code for problem in fingerprints.problems()} == {"key_mismatch"}


def test_a_lost_master_key_is_named(key_folder: Path) -> None:
    subject = person()
    rotation.rotate()
    (key_folder / "master-2.key").unlink()
    keys.forget()
    fingerprints.forget()

    with pytest.raises(KeyMissing) as refusal:
        vault.open_values([subject], KINDS)

    assert refusal.value.data["name"] == "master-2.key"
    assert [type(problem) for problem in fingerprints.problems()] == [KeyMissing]


def test_right_keys_have_no_problems() -> None:
    person()

    assert fingerprints.problems() == []
    assert set(KeyFingerprint.objects.values_list("name", flat=True)) == {"index", "master-1"}


@pytest.mark.requirement("SEC-17", proof="rule")
@pytest.mark.requirement("SEC-07", proof="rule")
def test_no_personal_value_and_no_key_stands_in_the_database_as_text_or_bytes() -> None:
    planted = {"name": "独孤求败甲", "phone": "13987654321", "address": "华山绝顶九号", "email": "dugu@example.cn"}
    subject = person(**planted)
    token = vault.seal_text(subject, planted["name"])

    whole = everything_in_the_database()

    assert whole, "the dump is empty"
    assert bytes(VaultValue.objects.filter(person=subject).first().ciphertext) in whole  # type: ignore[union-attr]
    assert token.isascii()
    for value in planted.values():
        assert value.encode() not in whole
    for secret in (keys.master(1), keys.index(), keys.audit("chain")):
        assert secret not in whole
        assert secret.hex().encode() not in whole


def everything_in_the_database() -> bytes:
    """Every row of every table as bytes: what somebody has who has the database file or a dump of it."""
    tables = connection.introspection.table_names()
    whole = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                whole += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"\n".join(whole)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SEC-17", proof="rule")
def test_the_database_file_does_not_hold_a_planted_value() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files to itself; the test of all rows covers it")
    subject = person(name="独孤求败乙", phone="13987650000")
    vault.store({subject: {"name": "独孤求败丙"}})

    base = Path(connection.settings_dict["NAME"])
    files = b"".join(path.read_bytes() for path in base.parent.glob(base.name + "*"))

    assert subject.hex.encode() in files, "the file is not the one that was written"
    for value in ("独孤求败", "13987650000"):
        assert value.encode() not in files
        assert value.encode("utf-16-le") not in files


def test_a_thousand_persons_are_stored_and_opened_with_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    many = {subject: {"name": f"张{n}", "phone": f"138{n:08}"} for n, subject in enumerate(ids.uids(1_000))}

    with django_assert_max_num_queries(25):
        vault.store(many)
    with django_assert_max_num_queries(3):
        opened = vault.open_values(list(many), KINDS)

    assert opened == many
    assert PersonKey.objects.filter(created_at__lte=clock.now()).count() == 1_000
