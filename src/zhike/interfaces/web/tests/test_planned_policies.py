"""A number that changes on a later day: it is seen before, can be called off, and limits keep their order."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from zhike.foundation import policies
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.retain.policy import HealthPolicy
from zhike.segment.policy import RfmPolicy, TierPolicy

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-10", proof="user")]
KEY = "segment.tiers.window_months"


def planned_by(boss: Client) -> tuple[dt.date, int]:
    """The day from which the number is another one, and that number."""
    day, value = clock.today() + dt.timedelta(days=4), policies.current().get(TierPolicy).window_months + 6
    form = {"act": "save", "value": str(value), "reason": "看得更长", "from": day.isoformat()}
    assert boss.post(f"/policies/{KEY}/", form).status_code == 302
    return day, value


def called_off_at(boss: Client) -> str:
    return re.findall(r'action="(/policies/[^"]+/call-off/)"', text_of(boss.get(f"/policies/{KEY}/")))[0]


def test_a_later_change_is_announced_and_the_old_value_counts_until_its_day() -> None:
    held = policies.current().get(TierPolicy).window_months
    boss, it = signed_in(staff("management")), signed_in(staff("it_team"))
    day, value = planned_by(boss)

    for reader in (boss, it):
        one, room = text_of(reader.get(f"/policies/{KEY}/")), text_of(reader.get("/policies/?room=segment"))
        assert f'<span class="z-num">{held} ' in one, "the head says what is in force"
        assert "待生效" in one
        assert day.isoformat() in one
        assert "待生效" in room
        assert f'<a href="/policies/{KEY}/">' in room[room.index("待生效") :][:300]
    assert policies.current(clock.start_of(day) - dt.timedelta(seconds=1)).get(TierPolicy).window_months == held
    assert policies.current(clock.start_of(day)).get(TierPolicy).window_months == value


def test_a_later_change_is_called_off_with_a_reason_by_who_decides_and_by_nobody_else() -> None:
    held = policies.current().get(TierPolicy).window_months
    boss, it = signed_in(staff("management")), signed_in(staff("it_team"))
    day, _value = planned_by(boss)
    assert "call-off" not in text_of(it.get(f"/policies/{KEY}/"))
    assert it.post(called_off_at(boss), {"reason": "不要"}).status_code == 403
    boss.post(called_off_at(boss), {"reason": " "})
    assert "请说明撤销原因" in text_of(boss.get(f"/policies/{KEY}/"))

    boss.post(called_off_at(boss), {"reason": "旺季后再议"})

    page = text_of(boss.get(f"/policies/{KEY}/"))
    assert "已撤销原定于" in page
    assert "旺季后再议" in page
    assert "call-off" not in page
    assert policies.current(clock.start_of(day)).get(TierPolicy).window_months == held


def test_a_limit_that_would_pass_its_neighbour_is_refused_in_words() -> None:
    """Else the next night ends at limits that do not fall."""
    boss, rfm = signed_in(staff("management")), policies.current().get(RfmPolicy)
    key = "segment.rfm.recency_days_5"

    refused = boss.post(f"/policies/{key}/", {"act": "save", "value": str(rfm.recency_days_4 + 1), "reason": "试试"})
    assert refused.status_code == 422
    assert "越过相邻的界限" in text_of(refused)

    same = boss.post(f"/policies/{key}/", {"act": "save", "value": str(rfm.recency_days_4), "reason": "试试"})
    assert same.status_code == 302
    higher = f"{key[:-1]}4"
    below = boss.post(f"/policies/{higher}/", {"act": "save", "value": str(rfm.recency_days_4 - 1), "reason": "试试"})
    assert below.status_code == 422


def test_a_choice_is_offered_in_words() -> None:
    page = text_of(signed_in(staff("management")).get("/policies/segment.rfm.mode/"))

    assert '<option value="bands">固定分档</option>' in page


def test_tiers_out_of_order_and_weights_that_are_all_zero_are_refused_in_words() -> None:
    boss = signed_in(staff("management", language="en"))

    def saved(key: str, value: str) -> str:
        answer = boss.post(f"/policies/{key}/", {"act": "save", "value": value, "reason": "tried"})
        return "" if answer.status_code == 302 else text_of(answer)

    held = policies.current().get(TierPolicy)
    assert "would pass its neighbour" in saved("segment.tiers.core_from", f"{held.high_from // 100 + 1}")
    assert "would pass its neighbour" in saved("segment.tiers.high_from", f"{held.core_from // 100 - 1}")
    for name in ("stability", "service", "interaction"):
        assert saved(f"retain.health.{name}_weight", "0") == ""
    assert "Not all of these weights may be 0" in saved("retain.health.usage_weight", "0")
    assert policies.current().get(TierPolicy) == held
    assert policies.current().get(HealthPolicy).usage_weight > 0
