"""One piece: rows are recognised, written or passed over, in one transaction; a trial takes it all back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation.access import scope
from zhike.foundation.imports.context import Context
from zhike.foundation.imports.plan import FILL, OVERWRITE
from zhike.foundation.imports.rows import Draft, drafts_of
from zhike.foundation.imports.targets import VERSION
from zhike.foundation.kit import serial
from zhike.foundation.kit.refusals import NotFound, Refusal, Stale
from zhike.foundation.records import many
from zhike.foundation.records.importer import Key, Written

OUTCOMES = ("new", "updated", "unchanged", "rejected")
_LOCK_SPACE = 0x7A70

STANDS_TWICE = _("An earlier row of this file has the same value. Keep one of the two.")
EXISTS = _("This exists already. Leave the row out, or recognise rows by this field to change what is there.")
NOT_YOURS = _("This exists already and is not yours. Ask its owner.")
SEVERAL = _("Several records have this value. Merge them first, or recognise rows by another field.")


@dataclass
class Done:
    """What a piece came to."""

    drafts: list[Draft]
    unknown_people: dict[str, int] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)


def tried(context: Context, content: Mapping[str, Any]) -> Done:
    """Do the piece by the services that would write it, and take it all back."""
    with transaction.atomic():
        done = _worked(context, content, None)
        transaction.set_rollback(True)
    context.seen.update(done.marks)
    return done


def written(context: Context, content: Mapping[str, Any], twice: Sequence[int]) -> Done:
    """Do the piece, within the caller's transaction; rows in ``twice`` were found to stand in the file before."""
    return _worked(context, content, frozenset(twice))


def _worked(context: Context, content: Mapping[str, Any], twice: frozenset[int] | None) -> Done:
    done = Done([])
    done.drafts = drafts_of(context, content, done.unknown_people)
    key = context.key
    fresh = [draft for draft in done.drafts if not draft.outcome]
    if key is not None:
        fresh = _recognised(context, key, fresh, twice, done)
    elif twice:
        for draft in fresh:
            if draft.place in twice:
                draft.reject("", STANDS_TWICE)
        fresh = [draft for draft in fresh if not draft.outcome]
    _load(context, fresh, twice is None, done)
    return done


def _recognised(
    context: Context, key: Key, drafts: Sequence[Draft], twice: frozenset[int] | None, done: Done
) -> list[Draft]:
    """Settle the rows that stand in the base or earlier in the file; return those that are new."""
    words = {d.place: key.normal(v) for d in drafts if (v := d.row.values.get(key.field)) not in (None, "")}
    serial.hold(_LOCK_SPACE, {f"{context.record_type.code}:{key.field}:{word!r}" for word in words.values()})
    standing = key.find(list(dict.fromkeys(words.values()))) if words else {}
    numbers = {pk for pks in standing.values() for pk in pks}
    manager = context.record_type.model._default_manager
    rows = scope.visible(context.viewer, manager.filter(pk__in=numbers)).values_list("pk", "uid", "version")
    seen = {pk: (uid, version) for pk, uid, version in rows} if numbers else {}
    present = context.importer.present(list(seen)) if seen and context.plan.on_match in (FILL, OVERWRITE) else {}
    fresh, here = [], set()
    for draft in drafts:
        word = words.get(draft.place)
        mark = context.mark(key.field, word) if word is not None else 0
        is_twice = (
            draft.place in twice if twice is not None else word is not None and (mark in here or mark in context.seen)
        )
        if is_twice:
            draft.reject(key.field, STANDS_TWICE)
            draft.is_duplicate = True
            done.twice.append(draft.place)
        elif found := standing.get(word, ()) if word is not None else ():
            _match(context, key, draft, found, seen, present)
        elif context.names_records:
            draft.reject(key.field, NotFound.sentence)
        else:
            fresh.append(draft)
        if word is not None and draft.outcome != "rejected":
            here.add(mark)
            done.marks.append(mark)
    return fresh


def _match(
    context: Context, key: Key, draft: Draft, found: Sequence[int], seen: Mapping[int, tuple[Any, int]],
    present: Mapping[int, Mapping[str, Any]],
) -> None:  # fmt: skip
    mine = [pk for pk in found if pk in seen]
    if not mine and context.names_records:
        return draft.reject(key.field, NotFound.sentence)
    if not mine:
        draft.is_duplicate = True
        return draft.reject(key.field, NOT_YOURS)
    if len(mine) > 1:
        return draft.reject(key.field, SEVERAL)
    draft.pk, draft.outcome = mine[0], "unchanged"
    uid, version = seen[draft.pk]
    if draft.row.values.get(VERSION, version) != version:
        return draft.reject(VERSION, Stale.sentence)
    update = context.importer.update
    if context.plan.on_match not in (FILL, OVERWRITE) or update is None:
        return None
    now = present.get(draft.pk, {})
    given = context.importer.normal(
        {k: v for k, v in draft.row.values.items() if k in context.importer.changeable and _is_given(context, k)}
    )
    changes = {k: v for k, v in given.items() if k in context.importer.changeable and now.get(k) != v}
    if context.plan.on_match == FILL:
        changes = {k: v for k, v in changes.items() if now.get(k) in (None, "")}
    if not changes:
        return None
    try:
        with transaction.atomic():
            row = update(viewer=context.viewer, uid=uid, version=version, **changes)
    except Refusal as refusal:
        return draft.reject("", many.reason_of(refusal))
    draft.outcome, draft.version = "updated", row.version
    draft.before, draft.given = {k: now.get(k) for k in changes}, changes
    return None


def _is_given(context: Context, key: str) -> bool:
    """Whether the file says it: an owner that was only assumed changes nothing."""
    return any(f.key == key for f in context.given)


def _load(context: Context, fresh: Sequence[Draft], is_trial: bool, done: Done) -> None:
    if not fresh:
        return
    results = context.importer.load(viewer=context.viewer, rows=[draft.row for draft in fresh])
    for draft, result in zip(fresh, results, strict=True):
        _settle(context, draft, result, is_trial, done)
    pks = [draft.pk for draft in fresh if draft.outcome == "new"]
    versions = dict(context.record_type.model._base_manager.filter(pk__in=pks).values_list("pk", "version"))
    for draft in fresh:
        if draft.outcome == "new":
            draft.version = versions[draft.pk]


def _settle(context: Context, draft: Draft, result: Written, is_trial: bool, done: Done) -> None:
    for key, problem in result.problems.items():
        draft.reject(key, problem)
    if result.clash:
        draft.is_duplicate = True
        draft.reject(result.clash, EXISTS)
    if draft.outcome:
        return
    marks = [context.mark("mark", mark) for mark in result.marks]
    if is_trial and not context.seen.isdisjoint(marks):
        draft.is_duplicate = True
        done.twice.append(draft.place)
        return draft.reject("", STANDS_TWICE)
    done.marks += marks
    draft.outcome, draft.pk = "new", result.pk
    draft.given = dict(result.kept) if result.kept is not None else context.importer.normal(dict(draft.row.values))


_LETTERS = {"new": "n", "updated": "c", "unchanged": "s", "rejected": "r"}
BY_LETTER = {letter: outcome for outcome, letter in _LETTERS.items()}


def outcomes_of(done: Done) -> dict[str, Any]:
    """What became of each row, a letter each, and which record a row is that changed nothing."""
    return {
        "outcomes": "".join(_LETTERS[d.outcome] for d in done.drafts),
        "same": [[d.place, d.pk] for d in done.drafts if d.outcome == "unchanged"],
    }


def effects_of(done: Done) -> list[list[Any]]:
    """What the piece did, for the comparison with the base and for taking it back: line, number, what, version,
    fields, values before."""
    return [
        [d.row.line, d.pk, d.outcome[0], d.version, sorted(k for k, v in d.given.items() if v not in (None, "")),
         {k: packed(v) for k, v in d.before.items()} if d.before is not None else None]
        for d in done.drafts
        if d.outcome in ("new", "updated")
    ]  # fmt: skip


def packed(value: Any) -> Any:
    """A value as JSON that :func:`unpacked` turns back."""
    if isinstance(value, dt.datetime):
        return {"t": value.astimezone(dt.UTC).isoformat()}
    return {"d": value.isoformat()} if isinstance(value, dt.date) else value


def unpacked(value: Any) -> Any:
    """The value that was packed."""
    if isinstance(value, dict):
        return dt.datetime.fromisoformat(value["t"]) if "t" in value else dt.date.fromisoformat(value["d"])
    return value
