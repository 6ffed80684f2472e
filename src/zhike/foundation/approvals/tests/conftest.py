from pathlib import Path

import pytest

from zhike.customers.tests.office import Clock, Office, opened
from zhike.win.tests.deals import with_more_posts


@pytest.fixture
def office(db: None) -> Office:
    return with_more_posts(opened())


@pytest.fixture
def committed(transactional_db: None) -> Office:
    return with_more_posts(opened())


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)
