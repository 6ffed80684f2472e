"""Nothing half-written: all files of a run appear together or not at all."""

import errno
import os
from pathlib import Path

import pytest

from zhike.foundation.tables.faults import Fault, WrongUse
from zhike.insight import spreadsheets
from zhike.insight.documents import names
from zhike.insight.documents.delivery import deliver, workshop
from zhike.insight.spreadsheets import Asked, report_on


def _filled(folder: Path, text: str) -> Path:
    folder.mkdir()
    for name in names.ALL:
        (folder / name).write_text(text)
    return folder


def _orders(folder: Path) -> Path:
    path = folder / "orders.csv"
    path.write_text("客户,日期,金额\nA,2024-01-01,5\nB,2024-01-02,6\n", encoding="utf-8")
    return path


def test_a_new_folder_appears_at_once_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"

    with workshop(out) as folder:
        assert not out.exists()
        deliver(_filled(folder / "made", "new"), out)

    assert {path.name for path in out.iterdir()} == set(names.ALL)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_folder_that_is_there_keeps_what_is_not_ours(tmp_path: Path) -> None:
    out = _filled(tmp_path / "out", "old")
    (out / "mine.txt").write_text("mine")

    with workshop(out) as folder:
        deliver(_filled(folder / "made", "new"), out)

    assert (out / "mine.txt").read_text() == "mine"
    assert {(out / name).read_text() for name in names.ALL} == {"new"}


def test_a_run_that_fails_in_the_middle_leaves_the_old_reports_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = _filled(tmp_path / "out", "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spreadsheets, "write_warnings", full)
    with pytest.raises(Fault) as caught:
        report_on(Asked((_orders(tmp_path),)), out)

    assert caught.value.code == "disk_full"
    assert {(out / name).read_text() for name in names.ALL} == {"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "out"]


def test_a_failed_run_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(spreadsheets, "write_summary", stopped)
    with pytest.raises(KeyboardInterrupt):
        report_on(Asked((_orders(tmp_path),)), tmp_path / "new" / "out")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    gone = tmp_path / ".zhike-out-999999999"
    mine = tmp_path / f".zhike-other-{os.getpid()}"
    gone.mkdir()
    mine.mkdir()

    with workshop(tmp_path / "out"):
        assert not gone.exists()
        assert mine.exists()


def test_a_file_in_place_of_the_folder_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")

    with pytest.raises(WrongUse) as caught, workshop(tmp_path / "out"):
        pass

    assert caught.value.code == "out_is_file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_one_may_not_write_to_is_wrong_use(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(WrongUse), workshop(tmp_path / "out"):
        pass
