"""kit.bulk on a real table: inserted, kept or overwritten, in one statement or through COPY."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from zhike.foundation.crypto.models import PersonKey, VaultValue
from zhike.foundation.kit import bulk, clock, ids

pytestmark = pytest.mark.django_db
FIELDS = ("subject", "wrapped", "master_version", "created_at")


@pytest.mark.parametrize("count", [1, 100, 101, 2_500])
def test_rows_are_inserted_kept_and_overwritten_whatever_their_number(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 1_000)
    subjects, at = ids.uids(count), clock.now()

    def rows(key: bytes) -> list[tuple[object, ...]]:
        return [(subject, key + b"\0\\\n", 1, at) for subject in subjects]

    assert bulk.upsert(PersonKey, FIELDS, rows(b"a")) == count
    bulk.upsert(PersonKey, FIELDS, rows(b"b"), conflict=("subject",))
    assert {bytes(row.wrapped) for row in PersonKey.objects.all()} == {b"a\0\\\n"}
    bulk.upsert(PersonKey, FIELDS, rows(b"c"), conflict=("subject",), update=("wrapped",))

    stored = list(PersonKey.objects.values_list("subject", "wrapped", "created_at"))
    assert {(subject, bytes(key), moment) for subject, key, moment in stored} == {
        (subject, b"c\0\\\n", at) for subject in subjects
    }


@pytest.mark.parametrize("count", [2, 300])
def test_a_row_that_stands_already_is_an_error_unless_a_conflict_is_named(count: int) -> None:
    rows = [(subject, b"a", 1, clock.now()) for subject in ids.uids(count)]
    bulk.upsert(PersonKey, FIELDS, rows)

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.upsert(PersonKey, FIELDS, rows)

    assert PersonKey.objects.count() == count


def test_text_of_all_sorts_comes_back() -> None:
    kinds = ["tab\t", "new\nline", "\\N", "quote'\"", "中文", "😀", "%s", "{}"]
    subject = ids.uid()

    bulk.upsert(VaultValue, ("person", "kind", "ciphertext"), [(subject, kind, b"x") for kind in kinds])
    bulk.upsert(VaultValue, ("person", "kind", "ciphertext"), [(ids.uid(), kinds[n % 8], b"y") for n in range(200)])

    assert set(VaultValue.objects.filter(person=subject).values_list("kind", flat=True)) == set(kinds)
    assert set(VaultValue.objects.exclude(person=subject).values_list("kind", flat=True)) == set(kinds)


def test_nothing_is_written_for_no_rows() -> None:
    assert bulk.upsert(PersonKey, FIELDS, []) == 0
