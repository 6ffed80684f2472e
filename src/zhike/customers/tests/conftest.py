from pathlib import Path

import pytest

from zhike.customers.tests.office import Clock, Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.testing import staff
from zhike.foundation.records.testing.custom import one_of_each


@pytest.fixture
def office(db: None) -> Office:
    return opened()


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


@pytest.fixture
def owner(db: None) -> Person:
    """A customer manager who reads English."""
    return staff("customer_manager", language="en")


@pytest.fixture
def fields(db: None) -> dict[str, CustomField]:
    """A custom field of each kind on customers, by its public name."""
    return one_of_each("customers")
