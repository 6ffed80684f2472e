"""Rotation of the master key while others read and write."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from zhike.foundation.crypto import keys, persons, rotation, vault
from zhike.foundation.crypto.models import PersonKey
from zhike.foundation.kit import ids


def stored(count: int) -> dict[Any, dict[str, str]]:
    values = {subject: {"name": f"张{n}"} for n, subject in enumerate(ids.uids(count))}
    vault.store(values)
    return values


@pytest.mark.django_db
@pytest.mark.requirement("SEC-07", proof="rule")
def test_rotation_wraps_every_data_key_anew_and_all_values_stay_readable(key_folder: Path) -> None:
    values = stored(30)
    before = dict(PersonKey.objects.values_list("subject", "wrapped"))
    told: list[tuple[int, int]] = []

    done = rotation.rotate(lambda so_far, total: told.append((so_far, total)))

    assert (done.version, done.rewrapped, done.is_resumed) == (2, 30, False)
    assert told[-1] == (30, 30)
    assert set(PersonKey.objects.values_list("master_version", flat=True)) == {2}
    assert not any(bytes(key) == bytes(before[s]) for s, key in PersonKey.objects.values_list("subject", "wrapped"))
    assert vault.open_values(list(values), ["name"]) == values
    (key_folder / "master-1.key").rename(key_folder / "retired")
    keys.forget()
    assert vault.open_values(list(values), ["name"]) == values


@pytest.mark.django_db
def test_new_persons_come_under_the_new_key_at_once() -> None:
    stored(1)
    rotation.rotate()
    new = stored(1)

    assert PersonKey.objects.get(subject=next(iter(new))).master_version == 2


@pytest.mark.django_db
def test_a_rotation_that_was_interrupted_is_finished_and_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    values = stored(25)
    monkeypatch.setattr(persons, "CHUNK", 10)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(stop)
    assert sorted(PersonKey.objects.values_list("master_version", flat=True)) == [1] * 15 + [2] * 10
    assert vault.open_values(list(values), ["name"]) == values

    again = rotation.rotate()

    assert (again.version, again.rewrapped, again.is_resumed) == (2, 15, True)
    assert keys.versions() == [1, 2]
    assert rotation.rotate().version == 3


@pytest.mark.django_db
def test_an_erased_person_stays_erased_through_a_rotation() -> None:
    gone, stays = stored(2)
    vault.erase([gone])

    assert rotation.rotate().rewrapped == 1

    assert set(vault.open_values([gone, stays], ["name"])) == {stays}


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SEC-07", proof="rule")
def test_readers_and_writers_go_on_while_the_key_is_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    values = stored(300)
    monkeypatch.setattr(persons, "CHUNK", 20)
    subjects, stop = list(values), threading.Event()

    def read() -> int:
        count = 0
        while not stop.is_set():
            assert vault.open_values(subjects, ["name"]) == values
            count += 1
        connections.close_all()
        return count

    def write() -> dict[Any, dict[str, str]]:
        written: dict[Any, dict[str, str]] = {}
        while not stop.is_set():
            new = {ids.uid(): {"name": "李四"}}
            vault.store(new)
            written |= new
        connections.close_all()
        return written

    with ThreadPoolExecutor() as pool:
        readers, writer = [pool.submit(read), pool.submit(read)], pool.submit(write)
        try:
            for _ in range(3):
                rotation.rotate()
        finally:
            stop.set()
        reads, written = [reader.result() for reader in readers], writer.result()

    assert min(reads) > 0
    assert written
    assert vault.open_values(subjects, ["name"]) == values
    assert vault.open_values(list(written), ["name"]) == written
    assert PersonKey.objects.filter(subject__in=subjects).exclude(master_version=4).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_writers_who_meet_the_same_new_person_agree_on_one_key() -> None:
    subject, start = ids.uid(), threading.Barrier(4)
    kinds = ["name", "phone", "email", "address"]

    def write(kind: str) -> None:
        start.wait()
        vault.store({subject: {kind: kind}})
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, kinds))

    assert vault.open_values([subject], kinds) == {subject: {kind: kind for kind in kinds}}
