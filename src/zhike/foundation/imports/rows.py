"""Rows of a piece as values: cells read, constants added, related records and people found, bounds looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

from zhike.foundation.access import scope
from zhike.foundation.imports.context import Context
from zhike.foundation.imports.reading import Problem
from zhike.foundation.imports.targets import Target
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.importer import Row

Reason = tuple[str, str, dict[str, str]]  # field, sentence or code, what fills it

REQUIRED = "required"
NO_SUCH_RECORD = _("“%(text)s” does not exist, or is not yours. Import it first, or ask its owner.")
SEVERAL_RECORDS = _("“%(text)s” names several records. Name it by its number.")
NOT_YOUR_PERSON = _("You cannot give records to %(text)s. Leave the owner out, or ask your superior.")
_FORMULA_AFTER_MARK = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t")


@dataclass
class Draft:
    """A row on its way: what it holds, what is wrong with it, and what became of it."""

    place: int  # within the piece
    row: Row
    reasons: list[Reason] = field(default_factory=list)
    outcome: str = ""  # new, updated, unchanged, rejected
    pk: int = 0
    version: int = 0
    before: dict[str, Any] | None = None
    given: dict[str, Any] = field(default_factory=dict)  # in normal form, as the base has to hold it
    is_duplicate: bool = False

    def reject(self, key: str, words: str, **data: str) -> None:
        self.outcome = "rejected"
        self.reasons.append((key, words, data))


def drafts_of(context: Context, content: Mapping[str, Any], unknown_people: dict[str, int]) -> list[Draft]:
    """All rows of a piece as far as they can be understood without writing."""
    drafts = [Draft(place, Row(line, {})) for place, line in enumerate(content["lines"])]
    cells = list(zip(*content["rows"], strict=True)) if content["rows"] else []
    named: list[tuple[Target, list[Any]]] = []
    for place, (target, column) in context.columns.items():
        texts = list(cells[place]) if cells else []
        if not context.plan.is_typed:
            texts = [_unmarked(text) for text in texts]
        named.append((target, column.values(texts)))
    named += [(target, [value] * len(drafts)) for target, value in context.constants.items()]
    for target, found in named:
        _take(context, drafts, target, found, unknown_people)
    for draft in drafts:
        _complete(context, draft)
    return drafts


def _unmarked(text: str) -> str:
    """Without the apostrophe that keeps spreadsheet programs from computing: our own files carry it."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA_AFTER_MARK else text


def _take(
    context: Context, drafts: Sequence[Draft], target: Target, found: Sequence[Any], unknown: dict[str, int]
) -> None:
    key = target.field.key
    for draft, value in zip(drafts, found, strict=True):
        if isinstance(value, Problem):
            draft.reject(key, value.words, text=value.text)
    if target.via is not None:
        _relate(context, drafts, target, found)
    elif target.field.kind is Kind.PERSON:
        _staff(context, drafts, key, found, unknown)
    else:
        for draft, value in zip(drafts, found, strict=True):
            if value is not None and not isinstance(value, Problem):
                draft.row.values.setdefault(key, value)


def _relate(context: Context, drafts: Sequence[Draft], target: Target, found: Sequence[Any]) -> None:
    """Related records by number; what the viewer does not see is as if it were not there."""
    via, related = target.via, target.related
    if via is None or related is None:
        return
    words = [None if value is None or isinstance(value, Problem) else via.normal(value) for value in found]
    asked = list(dict.fromkeys(word for word in words if word not in (None, "")))
    standing = via.find(asked) if asked else {}
    numbers = {pk for pks in standing.values() for pk in pks}
    seen = set(
        scope.visible(context.viewer, related.model._default_manager.filter(pk__in=numbers)).values_list(
            "pk", flat=True
        )
    )
    for draft, word, said in zip(drafts, words, found, strict=True):
        if word in (None, ""):
            continue
        mine = [pk for pk in standing.get(word, ()) if pk in seen]
        if len(mine) == 1:
            draft.row.values.setdefault(target.field.key, mine[0])
        else:
            draft.reject(target.field.key, SEVERAL_RECORDS if mine else NO_SUCH_RECORD, text=str(said)[:60])


def _staff(context: Context, drafts: Sequence[Draft], key: str, found: Sequence[Any], unknown: dict[str, int]) -> None:
    """People by number. Nobody of that name is listed and left out: the row is good all the same."""
    for draft, word in zip(drafts, found, strict=True):
        if word is None or isinstance(word, Problem):
            continue
        person = context.staff.find(word)
        if person is None:
            unknown[word] = unknown.get(word, 0) + 1
        elif key == "owner" and person not in context.staff.receivers:
            draft.reject(key, NOT_YOUR_PERSON, text=word[:60])
        else:
            draft.row.values.setdefault(key, person)


def _complete(context: Context, draft: Draft) -> None:
    values = draft.row.values
    if context.default_owner is not None and context.importer.field("owner") is not None:
        values.setdefault("owner", context.default_owner)
    wrong = {reason[0] for reason in draft.reasons}
    for key in context.importer.needs if not context.names_records else (context.plan.key,):
        if values.get(key) in (None, "") and key not in wrong:
            draft.reject(key, REQUIRED)
