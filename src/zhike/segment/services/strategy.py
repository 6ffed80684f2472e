"""Writing the strategy table: drafts by who may edit, put in force by who may approve."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.events.segment import StrategyTableChanged
from zhike.foundation import audit, outbox
from zhike.foundation.access.deciding import require_other
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal, Stale
from zhike.foundation.policies import current
from zhike.segment.models import Strategy, StrategyVersion, VersionState
from zhike.segment.rules.table import Line, line_out, shipped
from zhike.segment.selectors import line_of, table_in_force
from zhike.segment.services.judging import Given, judged

WHY_MAX = StrategyVersion._meta.get_field("why").max_length or 0


class NotADraft(Refusal):
    """The version was approved, set aside or replaced meanwhile."""

    code = "strategy_not_a_draft"
    sentence = _("Somebody has already decided on this draft. Reload the page to see what was decided.")


class NothingToRestore(Refusal):
    """A ready row that nobody has changed, or a row of the enterprise's own."""

    code = "strategy_nothing_to_restore"
    sentence = _("This row stands as it was shipped. There is nothing to restore.")


class ReadyRow(Refusal):
    """A ready row cannot be taken out of the table: the night sorts customers into it by the policies."""

    code = "strategy_ready_row"
    sentence = _("A ready row can be changed and restored, but not taken out.")


@transaction.atomic
def strategy_write(
    *, viewer: Viewer, code: str | None, given: Given, why: str, language: str, base: int | None = None
) -> StrategyVersion:
    """Write a draft of the row ``code``, or of a new one of the enterprise's own for None.

    ``base``: the number of the version that was edited; another one meanwhile is refused. A draft that waits already is
    replaced by this one. Nothing changes for customers before somebody approves.
    Raises: Forbidden, NotFound, Stale, Invalid (fields by column; a measure that cannot be carried out names what is
    missing).
    """
    viewer.require(Area.STRATEGY, Level.EDIT)
    _require_why(why)
    before = newest_line(code) if code else None
    if code and before is None:
        raise NotFound(strategy=code)
    line, problems = judged(given, code or "", before, language, current())
    if problems:
        raise Invalid(fields=problems)
    strategy = _strategy(code) if code else _own()
    _refuse_stale(strategy, base)
    return _draft(viewer, strategy, line, why)


@transaction.atomic
def strategy_restore(*, viewer: Viewer, code: str, why: str) -> StrategyVersion:
    """Write a draft that lets a ready row say again what it said when shipped.

    Raises: Forbidden, NotFound, NothingToRestore, Invalid (no reason).
    """
    viewer.require(Area.STRATEGY, Level.EDIT)
    _require_why(why)
    if newest_line(code) is None:
        raise NotFound(strategy=code)
    strategy = _strategy(code)
    held = strategy.versions.filter(state=VersionState.IN_FORCE).first()
    if shipped().line(code) is None or held is None or not held.content:
        raise NothingToRestore(strategy=code)
    return _draft(viewer, strategy, None, why)


@transaction.atomic
def strategy_retire(*, viewer: Viewer, code: str, why: str) -> StrategyVersion:
    """Write a draft that takes a row of the enterprise's own out of the table.

    Raises: Forbidden, NotFound, ReadyRow, Invalid (no reason).
    """
    viewer.require(Area.STRATEGY, Level.EDIT)
    _require_why(why)
    line = table_in_force().line(code)
    if line is None:
        raise NotFound(strategy=code)
    if shipped().line(code) is not None:
        raise ReadyRow(strategy=code)
    return _draft(viewer, _strategy(code), line, why, is_retired=True)


@transaction.atomic
def strategy_approve(*, viewer: Viewer, uid: UUID) -> StrategyVersion:
    """Put a draft in force; the next night sorts customers by it and starts what it asks for.

    Raises: Forbidden, OwnWork (who wrote the draft), NotFound, NotADraft.
    """
    viewer.require(Area.STRATEGY, Level.APPROVE)
    version = _waiting(uid)
    require_other(viewer, version.made_by_id)
    held = version.strategy.versions.filter(state=VersionState.IN_FORCE)
    before = {"number": held.values_list("number", flat=True).first()}
    held.update(state=VersionState.REPLACED)
    _decide(viewer, version, VersionState.IN_FORCE, "")
    _record(viewer, "strategy.approve", version, before=before)
    outbox.publish(
        StrategyTableChanged(row=version.strategy.code, number=version.number, is_retired=version.is_retired)
    )
    return version


@transaction.atomic
def strategy_set_aside(*, viewer: Viewer, uid: UUID, reason: str) -> StrategyVersion:
    """Refuse a draft with a reason; who wrote it may take it back.

    Raises: Forbidden, NotFound, NotADraft, Invalid (no reason).
    """
    viewer.require(Area.STRATEGY, Level.BASIC)
    version = _waiting(uid)
    is_own = viewer.person_id is not None and version.made_by_id == viewer.person_id
    if not viewer.may(Area.STRATEGY, Level.APPROVE) and not (is_own and viewer.may(Area.STRATEGY, Level.EDIT)):
        raise Forbidden(area=str(Area.STRATEGY), level=str(Level.APPROVE))
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    _decide(viewer, version, VersionState.SET_ASIDE, reason)
    _record(viewer, "strategy.set_aside", version, reason=reason)
    return version


def newest_line(code: str) -> Line | None:
    """What a row says in its newest draft, else in force, else as shipped, else last; None for a row nobody knows."""
    versions = StrategyVersion.objects.select_related("strategy").filter(strategy__code=code)
    for state in (VersionState.DRAFT, VersionState.IN_FORCE):
        version = versions.filter(state=state).first()
        if version is not None:
            return line_of(version)
    last = versions.order_by("-number").first()
    return shipped().line(code) or (line_of(last) if last is not None else None)


def _require_why(why: str) -> None:
    if not why.strip():
        raise Invalid(fields={"why": "required"})
    if len(why.strip()) > WHY_MAX:
        raise Invalid(fields={"why": "too_long"})


def _strategy(code: str) -> Strategy:
    strategy, _fresh = Strategy.objects.get_or_create(code=code)
    return Strategy.objects.select_for_update().get(pk=strategy.pk)


def _own() -> Strategy:
    """A new row; its number makes its code."""
    strategy = Strategy.objects.create(code=secrets.token_hex(6))
    strategy.code = f"own_{strategy.pk}"
    strategy.save(update_fields=["code"])
    return strategy


def _refuse_stale(strategy: Strategy, base: int | None) -> None:
    held = strategy.versions.filter(state__in=[VersionState.DRAFT, VersionState.IN_FORCE])
    newest = held.order_by("-number").values_list("number", flat=True).first() or 0
    if base is not None and base != newest:
        raise Stale(strategy=strategy.code)


def _draft(
    viewer: Viewer, strategy: Strategy, line: Line | None, why: str, *, is_retired: bool = False
) -> StrategyVersion:
    newest = strategy.versions.order_by("-number").values_list("number", flat=True).first() or 0
    strategy.versions.filter(state=VersionState.DRAFT).update(
        state=VersionState.SET_ASIDE, decided_at=clock.now(), decided_by=viewer.person_id
    )
    content = _content(line, strategy, newest + 1) if line is not None else {}
    version = StrategyVersion.objects.create(
        strategy=strategy,
        number=newest + 1,
        content=content,
        is_retired=is_retired,
        why=why.strip(),
        made_by_id=viewer.person_id,
    )
    _record(viewer, "strategy.draft", version, reason=why)
    return version


def _content(line: Line, strategy: Strategy, number: int) -> Mapping[str, Any]:
    ready = shipped().line(strategy.code)
    position = ready.position if ready is not None else len(shipped().lines) + strategy.pk
    return line_out(line) | {"code": strategy.code, "version": number, "position": position}


def _waiting(uid: UUID) -> StrategyVersion:
    versions = StrategyVersion.objects.select_for_update(of=("self",)).select_related("strategy")
    version = versions.filter(uid=uid).first()
    if version is None:
        raise NotFound(uid=str(uid))
    if version.state != VersionState.DRAFT:
        raise NotADraft(state=version.state)
    return version


def _decide(viewer: Viewer, version: StrategyVersion, state: str, decision: str) -> None:
    version.state, version.decision = state, decision.strip()[:WHY_MAX]
    version.decided_at, version.decided_by_id = clock.now(), viewer.person_id
    version.save(update_fields=["state", "decision", "decided_at", "decided_by"])


def _record(viewer: Viewer, action: str, version: StrategyVersion, reason: str = "", **more: Any) -> None:
    audit.record(
        viewer, action, kind="strategy", object_id=version.strategy_id, object_uid=version.strategy.uid,
        after={"code": version.strategy.code, "number": version.number, "is_retired": version.is_retired},
        reason=reason, **more,
    )  # fmt: skip
