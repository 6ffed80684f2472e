"""Retention cases of the sample company: who came back had gone for different reasons."""

from __future__ import annotations

import datetime as dt

from zhike.sample.services.retention import _row


def test_customers_who_came_back_had_different_causes() -> None:
    rows = [
        _row(number, number, None, is_saved=True, cause=None, tier="low", value=1, closed=dt.date(2026, 5, 4))
        for number in range(10)
    ]

    assert len({row.cause for row in rows}) == 5
    assert len({row.offer for row in rows}) == 5
