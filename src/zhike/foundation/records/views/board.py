"""The list as a board: one column per step, cards that are dragged, or moved by their menu from the keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import acts, preferences, selector, values, writing
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import Board, Choice, Field, RecordType
from zhike.foundation.records.query import ListQuery

CARDS = 30  # per column; the rest is one click away, in the table


@dataclass(frozen=True)
class Card:
    """One record on the board."""

    uid: Any
    version: int
    link: str
    name: SafeString
    facts: list[tuple[str, SafeString]]


@dataclass(frozen=True)
class Column:
    """One step with its cards, how many there are in all, and what they add up to."""

    code: str
    label: str
    tone: str
    cards: list[Card]
    count: int
    total: SafeString | str
    more: str


def layout_of(request: HttpRequest, record_type: RecordType, of_view: str = "") -> str:
    """Table, board or calendar: as asked for, else as the open view says, as last chosen, as the room ships it."""
    offered = layouts(record_type)
    if len(offered) == 1:
        return "table"
    kept = request.session.get("layouts", {})
    asked = request.GET.get("as", "")
    if asked in offered and kept.get(record_type.code) != asked:
        preferences.remember(request.session, "layouts", {**kept, record_type.code: asked})
        return asked
    if of_view in offered and asked not in offered:
        return of_view
    shipped = "board" if record_type.board is not None and record_type.board.is_first else "table"
    chosen = str(kept.get(record_type.code, shipped))
    return chosen if chosen in offered else shipped


def layouts(record_type: RecordType) -> list[str]:
    """The ways in which the list can be shown."""
    others = (("board", record_type.board), ("calendar", record_type.calendar))
    return ["table", *(name for name, declared in others if declared is not None)]


def columns(viewer: Viewer, record_type: RecordType, asked: ListQuery) -> list[Column]:
    """The board that answers the question: two queries per column and one for all sums."""
    board = record_type.board
    by = record_type.field(board.by) if board is not None else None
    if board is None or by is None:
        return []
    sums = _sums(viewer, record_type, board, by, asked)
    plan = values.plan(viewer, record_type, dict.fromkeys((record_type.name_field, *board.card)))
    options = {option.code: option for option in by.options}
    shown = board.columns or tuple(options)
    return [_column(viewer, record_type, board, by, options[code], asked, plan, sums) for code in shown]


def may_move(viewer: Viewer, record_type: RecordType) -> bool:
    """Whether the viewer's posts may move cards at all."""
    act = record_type.act(record_type.board.act) if record_type.board is not None else None
    return act is not None and acts.is_shown(viewer, record_type, act)


def _sums(
    viewer: Viewer, record_type: RecordType, board: Board, by: Field, asked: ListQuery
) -> dict[str, dict[str, Any]]:
    rows, relation = selector.matching(viewer, record_type, asked)
    path = by.path.removeprefix(f"{relation}__") if relation else by.path
    total = record_type.field(board.total) if board.total else None
    may_total = total is not None and values.allows(viewer, record_type, total)
    counted = {"count": Count("pk")} | ({"total": Sum(total.path)} if total is not None and may_total else {})
    return {one[path]: one for one in rows.order_by().values(path).annotate(**counted)}


def _column(
    viewer: Viewer, record_type: RecordType, board: Board, by: Field, option: Choice, asked: ListQuery,
    plan: values.Plan, sums: dict[str, dict[str, Any]],
) -> Column:  # fmt: skip
    here = queries.narrowed(asked, by, option.code, str(option.label))
    found = sums.get(option.code, {})
    total = record_type.field(board.total) if board.total else None
    amount = writing.of(total).html(found["total"]) if total is not None and found.get("total") else ""
    return Column(
        option.code,
        str(option.label),
        option.tone,
        [_card(record_type, plan, row) for row in selector.found(viewer, plan, here, CARDS)],
        found.get("count", 0),
        values.safe([amount]),
        "?as=table&" + here.encoded(),
    )


def _card(record_type: RecordType, plan: values.Plan, row: Any) -> Card:
    drawn = plan.htmls(row)
    facts = [
        (str(column.field.label), values.safe([html]))
        for column, html in zip(plan.columns[1:], drawn[1:], strict=True)
        if html and html != writing.NOTHING
    ]
    # As text: the card leads to this record, also where its name is that of another.
    name = plan.columns[0]
    return Card(row[1], row[2], record_type.link(row[1]), escape(name.text(name.read(row))), facts)
