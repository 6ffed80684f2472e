"""The numbers of acquiring: how leads are graded, whom the enterprise aims at, the pool, the public form."""

from __future__ import annotations

from zhike.foundation.policies.declare import flag, number, policy


@policy("acquire", "grading")
class GradingPolicy:
    """Points for match and urgency, and from how many on a lead is A or B (ACQ-05)."""

    industry_points: int = number(unit="points", minimum=0, maximum=100)
    size_points: int = number(unit="points", minimum=0, maximum=100)
    region_points: int = number(unit="points", minimum=0, maximum=100)
    staff_from: int = number(unit="people", minimum=1, maximum=1000000)
    urgency_month_points: int = number(unit="points", minimum=0, maximum=100)
    urgency_quarter_points: int = number(unit="points", minimum=0, maximum=100)
    urgency_half_year_points: int = number(unit="points", minimum=0, maximum=100)
    urgency_later_points: int = number(unit="points", minimum=0, maximum=100)
    repeat_points: int = number(unit="points", minimum=0, maximum=100)
    repeat_from: int = number(unit="times", minimum=2, maximum=100)
    a_from: int = number(unit="points", minimum=1, maximum=500)
    b_from: int = number(unit="points", minimum=0, maximum=500)


@policy("acquire", "target_industries")
class TargetIndustries:
    """Which industries (sections of GB/T 4754) belong to the target profile."""

    industry_a: bool = flag()
    industry_b: bool = flag()
    industry_c: bool = flag()
    industry_d: bool = flag()
    industry_e: bool = flag()
    industry_f: bool = flag()
    industry_g: bool = flag()
    industry_h: bool = flag()
    industry_i: bool = flag()
    industry_j: bool = flag()
    industry_k: bool = flag()
    industry_l: bool = flag()
    industry_m: bool = flag()
    industry_n: bool = flag()
    industry_o: bool = flag()
    industry_p: bool = flag()
    industry_q: bool = flag()
    industry_r: bool = flag()
    industry_s: bool = flag()
    industry_t: bool = flag()


@policy("acquire", "target_regions")
class TargetRegions:
    """Which provinces (GB/T 2260) belong to the target profile."""

    region_110000: bool = flag()
    region_120000: bool = flag()
    region_130000: bool = flag()
    region_140000: bool = flag()
    region_150000: bool = flag()
    region_210000: bool = flag()
    region_220000: bool = flag()
    region_230000: bool = flag()
    region_310000: bool = flag()
    region_320000: bool = flag()
    region_330000: bool = flag()
    region_340000: bool = flag()
    region_350000: bool = flag()
    region_360000: bool = flag()
    region_370000: bool = flag()
    region_410000: bool = flag()
    region_420000: bool = flag()
    region_430000: bool = flag()
    region_440000: bool = flag()
    region_450000: bool = flag()
    region_460000: bool = flag()
    region_500000: bool = flag()
    region_510000: bool = flag()
    region_520000: bool = flag()
    region_530000: bool = flag()
    region_540000: bool = flag()
    region_610000: bool = flag()
    region_620000: bool = flag()
    region_630000: bool = flag()
    region_640000: bool = flag()
    region_650000: bool = flag()
    region_710000: bool = flag()
    region_810000: bool = flag()
    region_820000: bool = flag()


@policy("acquire", "pool")
class PoolPolicy:
    """How leads that nobody owns are given out."""

    claims_per_day: int = number(unit="times", minimum=1, maximum=10000)


@policy("acquire", "progress")
class ProgressPolicy:
    """When a lead counts as not updated (ACQ-08)."""

    quiet_days: int = number(unit="days", minimum=1, maximum=365)


@policy("acquire", "form")
class FormPolicy:
    """How the public form keeps spam out, without asking a third party."""

    seconds_min: int = number(unit="seconds", minimum=0, maximum=60)
    token_hours: int = number(unit="hours", minimum=1, maximum=168)
    window_minutes: int = number(unit="minutes", minimum=1, maximum=1440)
    per_address: int = number(unit="times", minimum=1, maximum=1000)
    in_all: int = number(unit="times", minimum=1, maximum=100000)
