"""The holidays that an installation starts with; operations switches them and adds its own."""

from __future__ import annotations

from typing import NamedTuple


class DaySeed(NamedTuple):
    """A holiday: calendar, month, day, names, and whether customers are greeted on it from the start."""

    calendar: str
    month: int
    day: int
    title: str
    title_en: str
    is_on: bool = True


DAYS = (
    DaySeed("solar", 1, 1, "元旦", "New Year's Day"),
    DaySeed("lunar", 12, 30, "除夕", "Chinese New Year's Eve", is_on=False),
    DaySeed("lunar", 1, 1, "春节", "Spring Festival"),
    DaySeed("lunar", 1, 15, "元宵节", "Lantern Festival", is_on=False),
    DaySeed("solar", 5, 1, "劳动节", "Labour Day", is_on=False),
    DaySeed("lunar", 5, 5, "端午节", "Dragon Boat Festival"),
    DaySeed("lunar", 8, 15, "中秋节", "Mid-Autumn Festival"),
    DaySeed("lunar", 9, 9, "重阳节", "Double Ninth Festival", is_on=False),
    DaySeed("solar", 10, 1, "国庆节", "National Day"),
)
