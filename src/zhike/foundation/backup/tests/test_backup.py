"""What was backed up comes back whole, elsewhere or in its place; anything less is refused and leaves no trace."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db import connection

from zhike.foundation import audit, backup
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.backup import errors, postgres
from zhike.foundation.backup.models import Backup
from zhike.foundation.backup.newest import drilled
from zhike.foundation.backup.policy import RhythmPolicy
from zhike.foundation.backup.tests.bases import base
from zhike.foundation.crypto import keys, vault
from zhike.foundation.jobs import beats
from zhike.foundation.kit import clock, ids
from zhike.foundation.policies.load import load_defaults

__all__ = ["base"]
ME = system("test")


def files_of(home: Path) -> dict[str, bytes]:
    root = home / "files"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_backup_comes_back_elsewhere_with_rows_files_and_an_intact_log(base):
    subject = ids.uid()
    vault.store({subject: {"name": "王小明"}})
    made = backup.make(ME)
    assert made.path.parent == base.home / "backups"
    assert made.path.stat().st_mode & 0o077 == 0
    content = made.path.read_bytes()
    assert b"wang" not in content
    assert "王小明".encode() not in content
    before = files_of(base.home)

    base.other(base.tmp / "elsewhere")
    assert not Person.objects.exists()
    done = backup.restore(ME, made.path)

    assert done.counts == made.counts
    assert done.counts["access_person"] == 1
    assert Person.objects.get().username == "wang"
    assert vault.open_values([subject], ["name"]) == {subject: {"name": "王小明"}}
    assert files_of(base.tmp / "elsewhere") == before
    report = audit.verify()
    assert report.is_intact, report.problems
    assert report.head_seq
    assert Entry.objects.filter(action="backup.restored").exists()
    assert person_add(username="li", name="李", post_codes=["it_team"]).pk > Person.objects.get(username="wang").pk
    with pytest.raises(Exception, match="append-only"):
        Entry.objects.filter(action="backup.restored").update(reason="x")


def test_a_base_with_people_is_replaced_only_when_that_is_said_and_is_kept(base):
    made = backup.make(ME)
    person_add(username="later", name="后来", post_codes=["it_team"])
    audit.seal()

    with pytest.raises(errors.NotEmpty):
        backup.restore(ME, made.path)
    assert Person.objects.filter(username="later").exists()

    beats.beat("a:1:1")
    with pytest.raises(errors.InUse):
        backup.restore(ME, made.path, replace=True)
    beats.leave("a:1:1")
    done = backup.restore(ME, made.path, replace=True)

    assert not Person.objects.filter(username="later").exists()
    assert done.kept
    assert audit.verify().is_intact, "the head that told of later entries was set aside"
    assert Entry.objects.filter(action="audit.restored").exists()
    if connection.vendor == "sqlite":
        kept = Path(base.name).with_name(done.kept)
        assert kept.exists()
        kept.unlink()
    else:
        assert Path(done.kept).exists()
        backup.restore(ME, Path(done.kept), replace=True)
        assert Person.objects.filter(username="later").exists()


def test_a_person_erased_since_is_erased_again(base):
    subject = ids.uid()
    vault.store({subject: {"name": "王小明"}})
    made = backup.make(ME)
    vault.erase([subject])

    base.other(base.tmp / "elsewhere")
    done = backup.restore(ME, made.path)

    assert done.erased_again == 1
    assert vault.open_values([subject], ["name"]) == {}


@pytest.mark.parametrize("harm", ["cut", "changed", "longer", "other"])
def test_a_damaged_file_is_refused_and_changes_nothing(base, harm):
    made = backup.make(ME)
    content = bytearray(made.path.read_bytes())
    if harm == "changed":
        content[len(content) // 2] ^= 1
    spoilt = {"cut": content[:-100], "changed": content, "longer": content + b"x", "other": b"PK\3\4 something"}[harm]
    made.path.write_bytes(spoilt)

    base.other(base.tmp / "elsewhere")
    with pytest.raises(errors.Damaged):
        backup.restore(ME, made.path)

    assert not [p for p in (base.tmp / "elsewhere").rglob("*") if p.is_file()]
    if connection.vendor == "sqlite":
        assert not Person.objects.exists()


def test_other_keys_are_named_and_refused(base, settings):
    made = backup.make(ME)
    base.other(base.tmp / "elsewhere")
    settings.KEY_DIR = base.tmp / "new keys"
    keys.forget()
    with pytest.raises(errors.WrongKey):
        backup.restore(ME, made.path)

    keys.backup()
    (settings.KEY_DIR / "backup.key").write_bytes((base.tmp / "keys" / "backup.key").read_bytes())
    keys.forget()
    with pytest.raises(errors.KeysMissing) as refused:
        backup.restore(ME, made.path)
    assert "audit" in refused.value.data["names"]


def test_what_a_killed_backup_left_is_gone_with_the_next(base):
    folder = base.tmp / "out"
    folder.mkdir()
    child = os.fork()
    if child == 0:  # dies as kill -9 would let it, with the database half written out
        from zhike.foundation.backup import container

        container.Writer.close = lambda *_: os._exit(9)  # type: ignore[method-assign]
        connection.connection = None
        try:
            backup.make(ME, folder)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert [p.suffix for p in folder.iterdir()] == [".part"], "a part, and nothing that looks like a backup"

    made = backup.make(ME, folder)

    assert list(folder.iterdir()) == [made.path]


def test_only_the_newest_are_kept(base):
    folder = base.tmp / "out"
    folder.mkdir()
    for day in ("20260101", "20260102"):
        (folder / f"zhike-{day}-030000.zhb").write_bytes(b"")
    (folder / "notes.txt").write_text("mine")

    made = backup.make(ME, folder, keep=2)

    assert {p.name for p in folder.iterdir()} == {"zhike-20260102-030000.zhb", made.path.name, "notes.txt"}


@pytest.mark.slow
def test_a_backup_comes_back_into_a_database_without_tables_or_with_others(base):
    if connection.vendor != "postgresql":
        pytest.skip("a SQLite base is replaced as a file")
    made = backup.make(ME)
    base.other(base.tmp / "elsewhere")
    postgres.empty()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_somebody_else (id int)")
    connection.close()
    with pytest.raises(errors.ForeignTables):
        backup.restore(ME, made.path)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE of_somebody_else")
    connection.close()

    assert backup.restore(ME, made.path).counts == made.counts

    assert Person.objects.get().username == "wang"
    assert audit.verify().is_intact


def test_standing_says_what_is_late(base):
    limits = load_defaults().get(RhythmPolicy)
    assert backup.standing().is_late
    made = backup.make(ME)
    now = clock.now()
    assert not backup.standing(now).is_late
    assert backup.standing(now + dt.timedelta(hours=limits.backup_hours, minutes=1)).is_late

    assert backup.standing(now).drill_is_late
    drilled(ME, made.path, "different counts in customers_customer")
    assert backup.standing().drill_is_late
    assert backup.standing().drill_problem
    drilled(ME, made.path)
    assert not backup.standing().drill_is_late
    assert Backup.objects.get().digest == made.digest
