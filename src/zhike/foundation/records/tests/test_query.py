"""What a query string asks: filters, orders, pages; and what it may not ask."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation

from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import conditions, query, values

# Part of the fields are those that an enterprise has added.
pytestmark = pytest.mark.django_db


def viewer(*levels: Level, area: Area = Area.PROFILE, **more: frozenset[Level]) -> Viewer:
    given = {area: frozenset(levels)} | {Area(key): value for key, value in more.items()}
    return Viewer(7, "测试", department_id=3, levels=given, reach=Reach(everything=True))


FULL = frozenset({Level.FULL})
ALL = viewer(Level.FULL, strategy=FULL, health=FULL, orders=FULL, timeline=FULL)


def asked(text: str, who: Viewer = ALL) -> query.ListQuery:
    with translation.override("en"):
        return query.parse(who, records.get("customers"), QueryDict(text))


def where_of(text: str, who: Viewer = ALL) -> list[Q]:
    return [condition.where for condition in asked(text, who).conditions]


def test_one_choice_is_an_equality_and_several_are_a_set() -> None:
    assert where_of("tier=high") == [Q(state__tier="high")]
    assert where_of("tier=high&tier=core") == [Q(state__tier__in=["high", "core"])]


def test_none_asks_for_records_without_a_value() -> None:
    assert where_of("tier=none") == [Q(state__tier="")]


def test_a_choice_that_does_not_exist_is_a_problem_and_filters_nothing() -> None:
    found = asked("tier=golden")

    assert found.conditions == ()
    assert "golden" in found.problems["tier"]


def test_a_relative_day_stays_true_on_every_day() -> None:
    assert conditions.day_of("today") == clock.today()
    assert conditions.day_of("-30d") == clock.today() - dt.timedelta(days=30)
    assert conditions.day_of("+7d") == clock.today() + dt.timedelta(days=7)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "-30", "30d", "", "-999999d"])
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match="2026-11-21"):
        conditions.day_of(text)


def test_me_is_the_viewer_and_mine_the_viewers_department() -> None:
    assert where_of("owner=me") == [Q(owner_id=7)]
    assert where_of("owner=none") == [Q(owner_id__isnull=True)]


def test_fields_that_the_posts_do_not_include_can_be_neither_filtered_nor_sorted_by() -> None:
    """A filter is a question about the value: counting answers would tell it."""
    basic = viewer(Level.BASIC)

    assert "risk" in asked("risk=high", basic).problems
    assert "sort" in asked("sort=-health", basic).problems
    assert asked("risk=high").problems == {}
    assert asked("sort=-health").problems == {}


def test_sensitive_fields_are_never_filtered_by() -> None:
    filters = {f.key for f in query.filters_for(ALL, records.get("customers"))}

    assert not filters & {f.key for f in records.get("customers").fields if f.klass is records.Klass.SENSITIVE}


@pytest.mark.parametrize(
    ("text", "page"), [("1", 1), ("20", 20), ("0", 1), ("-1", 1), ("x", 1), ("１", 1), ("9" * 30, None)]
)
def test_pages_are_numbered_from_one(text: str, page: int | None) -> None:
    found = asked(f"page={text}").page

    assert found == page if page else found >= 1


def test_a_removed_filter_leaves_the_others_and_drops_the_page() -> None:
    found = asked("tier=high&lifecycle=at_risk&sort=-health&page=3&q=岚山")

    left = QueryDict(found.encoded(without=found.conditions[0]))

    assert dict(left.lists()) == {"q": ["岚山"], "lifecycle": ["at_risk"], "sort": ["-health"]}


def test_words_are_cut_to_a_sane_length_and_hold_no_null() -> None:
    assert len(asked("q=" + "长" * 500).words) == 100
    assert asked("q=%00岚").words == "岚"


def test_money_is_typed_in_major_units_and_asked_in_minor() -> None:
    field = records.Field("spend_minor", "spend", records.Kind.MONEY)

    assert conditions.bound(field, "gte", "1,234.56") == Q(spend_minor__gte=123456)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e99", "twelve"])
def test_what_is_no_number_is_refused(text: str) -> None:
    field = records.Field("staff", "staff", records.Kind.NUMBER)

    with pytest.raises(ValueError, match=text[:3]):
        conditions.bound(field, "gte", text)


def test_a_day_of_a_moment_is_the_enterprises_day() -> None:
    field = records.Field("at", "at", records.Kind.DATETIME)

    where = conditions.bound(field, "lte", "2026-06-01")

    assert where == Q(at__lt=dt.datetime(2026, 6, 2, tzinfo=clock.ZONE))


def test_values_withheld_are_those_of_areas_and_levels_not_held() -> None:
    basic = viewer(Level.BASIC)

    withheld = values.withheld(basic, records.get("customers"))

    assert {"risk", "health", "tier", "clv", "birthday"} <= set(withheld)
    assert "name" not in withheld
    assert values.withheld(ALL, records.get("customers")) == []
