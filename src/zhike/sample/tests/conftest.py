"""One company for all tests of the room; it is never changed."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.sample.company import Company, generate

AS_OF = dt.date(2026, 7, 15)


@pytest.fixture(scope="session")
def company() -> Company:
    return generate(2_000, seed=7, as_of=AS_OF)
