"""Key files: made together, never overwritten, missed when lost."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zhike.foundation.crypto import keys
from zhike.foundation.crypto.errors import KeyMismatch, KeyMissing

SEVERAL_AT_ONCE = """
import sys
from django.conf import settings
settings.configure(KEY_DIR=sys.argv[1])
from zhike.foundation.crypto import keys
print(keys.master(1).hex(), keys.index().hex(), keys.audit("chain").hex())
"""


def test_all_keys_come_into_being_on_first_use_and_only_their_owner_may_read_them(key_folder: Path) -> None:
    keys.index()

    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in key_folder.glob("*.key")}
    assert files == {"master-1.key": 0o600, "index.key": 0o600, "audit.key": 0o600}
    assert stat.S_IMODE(key_folder.stat().st_mode) == 0o700


def test_a_second_look_reads_the_same_keys() -> None:
    before = keys.master(1), keys.index(), keys.audit("chain")
    keys.forget()

    assert (keys.master(1), keys.index(), keys.audit("chain")) == before
    assert len(set(before)) == 3


@pytest.mark.parametrize("lost", ["master-1", "index", "audit"])
def test_a_lost_key_is_reported_and_never_made_anew(key_folder: Path, lost: str) -> None:
    keys.index()
    (key_folder / f"{lost}.key").unlink()
    keys.forget()

    with pytest.raises(KeyMissing) as refusal:
        keys.names()
    with pytest.raises(KeyMissing):
        keys.index()

    assert refusal.value.data["name"] == f"{lost}.key"
    assert not (key_folder / f"{lost}.key").exists()


@pytest.mark.parametrize("content", ["", "abcd", "zz" * 32, "ab" * 31])
def test_a_damaged_key_file_is_refused(key_folder: Path, content: str) -> None:
    keys.index()
    (key_folder / "index.key").write_text(content)
    keys.forget()

    with pytest.raises(KeyMismatch):
        keys.index()


def test_a_new_master_key_is_seen_by_a_process_that_already_holds_the_old_one(key_folder: Path) -> None:
    assert keys.newest() == 1

    (key_folder / "master-2.key").write_text("ab" * 32)
    os.utime(key_folder, ns=(1, 1))

    assert keys.newest() == 2
    assert keys.master(1) != keys.master(2)


def test_a_signature_for_one_purpose_is_none_for_another() -> None:
    assert keys.audit("chain") != keys.audit("head")


def test_a_fingerprint_recognises_a_key_without_being_part_of_it() -> None:
    assert keys.fingerprint("index") == keys.fingerprint("index")
    assert keys.fingerprint("index") != keys.fingerprint("audit")
    assert keys.fingerprint("index") not in keys.index().hex()


def test_processes_that_start_together_agree_on_the_keys(tmp_path: Path) -> None:
    place = tmp_path / "together"
    command = [sys.executable, "-c", SEVERAL_AT_ONCE, str(place)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]

    said = {process.communicate()[0] for process in started}

    assert [process.returncode for process in started] == [0, 0, 0, 0]
    assert len(said) == 1
