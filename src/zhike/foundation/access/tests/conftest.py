from pathlib import Path

import pytest

from zhike.customers.tests.office import Clock, Office, opened


@pytest.fixture
def office(db: None) -> Office:
    return opened()


@pytest.fixture
def the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)
