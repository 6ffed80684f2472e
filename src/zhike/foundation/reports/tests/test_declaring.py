"""What a declaration may not say, what is kept of a report, and what two editions have in common."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.foundation.access.matrix import Area
from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.reports.comparing import compared
from zhike.foundation.reports.declare import Content, DeclarationFault, Report, Table
from zhike.foundation.reports.freezing import cut, live, packed, unpacked
from zhike.foundation.reports.showing import Cell, Shown, ShownPart, ShownRow

pytestmark = pytest.mark.requirement("PLAT-09", proof="rule")
AMOUNT = Field("amount", "Amount", Kind.MONEY)


def report(**more: Any) -> Report:
    table = Table(code="rows", title="Rows", columns=more.pop("columns", (AMOUNT,)))
    given = {"code": "r", "title": "R", "purpose": "P", "area": Area.HEALTH, "query": lambda *_: Content({}),
             "parts": (table,), "rhythm": "weekly", "owner": "data_specialist"}  # fmt: skip
    return Report(**(given | more))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": ""}, "neither of a rhythm nor about a record"),
        ({"owner": "nobody"}, "a post that is none"),
        ({"readers": ("training_lead",)}, "may not read it"),
        ({"formats": ("png",)}, "draws no chart"),
        ({"formats": ("ods",)}, "no such format"),
        ({"columns": (Field("name", "Name", masked="name", personal=True),)}, "name the record instead"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_found_at_start(fault: dict[str, Any], says: str) -> None:
    with pytest.raises(DeclarationFault, match=says):
        report(**fault)


def test_what_is_kept_comes_back_as_it_was() -> None:
    moment, day = dt.datetime(2026, 7, 20, 9, 30, tzinfo=dt.UTC), dt.date(2026, 7, 20)
    rows = [{"key": "1", "amount": [1200, "CNY"], "day": day, "at": moment, "none": None}]

    back = unpacked(packed(Content({"rows": rows}, gaps=("x",))))

    row = back.parts["rows"][0]
    assert live(AMOUNT, row["amount"]) == (1200, "CNY")
    assert live(Field("day", "", Kind.DATE), row["day"]) == day
    assert live(Field("at", "", Kind.DATETIME), row["at"]) == moment
    assert live(AMOUNT, row["none"]) is None
    assert back.gaps == ("x",)


def test_a_list_beyond_the_limit_is_cut_and_says_so() -> None:
    content, count = cut(report(), Content({"rows": [{"key": str(n)} for n in range(5)]}), 3)

    assert [row["key"] for row in content.parts["rows"]] == ["0", "1", "2"]
    assert (count, content.facts["rows.left_out"]) == (3, 2)


def test_a_value_that_json_cannot_hold_is_refused_where_it_is_kept() -> None:
    with pytest.raises(TypeError, match="cannot keep"):
        packed(Content({"rows": [{"key": object()}]}))


def part(**rows: tuple[str, ...]) -> Shown:
    made = tuple(ShownRow(key, tuple(Cell(t, t, t) for t in texts)) for key, texts in rows.items())
    return Shown(
        (ShownPart("rows", "Rows", "table", ("Name", "Risk"), ("name", "risk"), (False, False), made),), (), False
    )


def test_two_editions_differ_by_rows_that_came_went_and_changed() -> None:
    (found,) = compared(
        part(a=("A", "low"), b=("B", "low"), c=("C", "low")), part(b=("B", "high"), c=("C", "low"), d=("D", "low"))
    )

    assert [row.key for row in found.came] == ["d"]
    assert [row.key for row in found.went] == ["a"]
    assert [(c.row.key, c.changes) for c in found.changed] == [("b", (("Risk", "low", "high"),))]
    assert found.same == 1
