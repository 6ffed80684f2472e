"""Changing a policy: who may, with which reason, from when. Decisions made before keep what they were made with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.deciding import require_other
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.policies import previews, versions
from zhike.foundation.policies.declare import declared, key_of, problem_among, rules_of
from zhike.foundation.policies.load import TEMPLATES, PolicyFault
from zhike.foundation.policies.models import (
    TEMPLATE_KEY,
    Action,
    PolicyProposal,
    PolicyVersion,
    ProposalState,
)
from zhike.foundation.policies.templates import Selection

# The outbox stands above the policies: it fills this list at start and turns each version into an event.
announce: list[Callable[[PolicyVersion], None]] = []
# Approvals stand above, too: they hear of what waits for a decision, and of what was decided.
proposed: list[Callable[[Viewer, PolicyProposal], None]] = []
decided: list[Callable[[Viewer, PolicyProposal], None]] = []


class AlreadyDecided(Refusal):
    """The proposal was approved or rejected before."""

    code = "already_decided"
    sentence = _("This proposal has been decided already. Open the history to see how.")


class NotTheNewest(Refusal):
    """Only the choice of a template that is in force can be taken back."""

    code = "not_the_newest"
    sentence = _("Another template has been chosen since. Take that one back, or choose the one you want.")


class AlreadyInForce(Refusal):
    """Only a change that has not taken effect yet can be withdrawn."""

    code = "already_in_force"
    sentence = _("This change is in force already. Make a new change, or restore the shipped value.")


@transaction.atomic
def change(
    viewer: Viewer,
    key: str,
    value: Any,
    *,
    reason: str,
    source: str = "",
    effective_from: dt.datetime | None = None,
) -> PolicyVersion | PolicyProposal:
    """Set ``room.policy.field`` to ``value`` from ``effective_from`` on (now if not given).

    Who may approve settings changes at once and gets the version; who may edit them proposes and gets the proposal.
    Raises: Forbidden; Invalid naming ``key``, ``value``, ``reason`` or ``effective_from``.
    """
    return _ask(viewer, key, Action.SET, value, reason=reason, source=source, effective_from=effective_from)


@transaction.atomic
def restore(
    viewer: Viewer, key: str, *, reason: str, effective_from: dt.datetime | None = None
) -> PolicyVersion | PolicyProposal:
    """Go back to the value of the template or, without one, the shipped value. Raises as :func:`change`."""
    return _ask(viewer, key, Action.RESTORE, None, reason=reason, source="", effective_from=effective_from)


@transaction.atomic
def template_select(
    viewer: Viewer,
    template: str | None,
    *,
    reason: str,
    effective_from: dt.datetime | None = None,
    replacing: Collection[str] = (),
) -> PolicyVersion | PolicyProposal:
    """Lay the industry template (b2b, saas, telecom, retail; None for none) under the installation's changes.

    What was set by hand stays on top of it, but for the numbers in ``replacing``, which go back to what the template
    says; they are decided on and take effect together with it. Raises as :func:`change`.
    """
    action = Action.RESTORE if template is None else Action.SET
    value = Selection(template, tuple(sorted(set(replacing)))).written()
    return _ask(viewer, TEMPLATE_KEY, action, value, reason=reason, source="", effective_from=effective_from)


@transaction.atomic
def template_take_back(
    viewer: Viewer, version_uid: UUID, *, reason: str, effective_from: dt.datetime | None = None
) -> PolicyVersion | PolicyProposal:
    """Undo the choice of a template as one: the template before it, and the numbers it had replaced.

    What was set by hand since stays. One that is only planned is called off instead.
    Raises as :func:`change`; NotFound, NotTheNewest.
    """
    _check_reason(reason)
    chosen = PolicyVersion.objects.filter(uid=version_uid, key=TEMPLATE_KEY).exclude(action=Action.WITHDRAW).first()
    if chosen is None:
        raise NotFound(uid=str(version_uid))
    if chosen.effective_from > clock.now():
        return withdraw(viewer, version_uid, reason=reason)
    versions.refresh()
    newest = versions.in_force()
    if newest.get(TEMPLATE_KEY) != chosen.pk:
        raise NotTheNewest(key=chosen.key)
    before = versions.before(chosen.pk)
    parts = [key for key in chosen.parts.values_list("key", flat=True) if _is_its(chosen, key, newest)]
    was = dict(before.changes)
    selection = Selection(
        before.template,
        tuple(sorted(key for key in parts if key not in was)),
        tuple(sorted((key, was[key]) for key in parts if key in was)),
    )
    action = Action.RESTORE if before.template is None else Action.SET
    return _ask(
        viewer, TEMPLATE_KEY, action, selection.written(), reason=reason, source="", effective_from=effective_from
    )


def _is_its(chosen: PolicyVersion, key: str, newest: dict[str, int]) -> bool:
    """Whether the number stands as the template left it: nobody has changed it since."""
    return chosen.parts.filter(key=key, pk=newest.get(key)).exists()


@transaction.atomic
def withdraw(viewer: Viewer, version_uid: UUID, *, reason: str) -> PolicyVersion:
    """Call off a planned change before it takes effect; a template with all numbers that go with it.

    Raises: Forbidden, NotFound, Invalid (no reason), AlreadyInForce.
    """
    viewer.require(Area.SETTINGS, Level.APPROVE)
    _check_reason(reason)
    planned = PolicyVersion.objects.filter(uid=version_uid).exclude(action=Action.WITHDRAW).first()
    if planned is None:
        raise NotFound(uid=str(version_uid))
    if planned.effective_from <= clock.now():
        raise AlreadyInForce(key=planned.key)
    if PolicyVersion.objects.filter(withdraws=planned).exists():
        raise AlreadyDecided(key=planned.key)
    if planned.part_of is not None:
        planned = planned.part_of
    for part in planned.parts.all():
        _write(viewer, part.key, Action.WITHDRAW, None, reason=reason, withdraws=part)
    return _write(viewer, planned.key, Action.WITHDRAW, None, reason=reason, withdraws=planned)


@transaction.atomic
def proposal_approve(viewer: Viewer, uid: UUID, *, reason: str = "") -> PolicyVersion:
    """Let a proposed change take effect. Its value is checked again: bounds may have moved.

    Raises: Forbidden, OwnWork, NotFound, AlreadyDecided, Invalid.
    """
    viewer.require(Area.SETTINGS, Level.APPROVE)
    proposal = _open_proposal(uid)
    _check_value(proposal.key, proposal.action, proposal.value, proposal.effective_from)
    _decide(viewer, proposal, ProposalState.APPROVED, reason)
    now = clock.now()
    return _put_in_force(
        viewer,
        proposal.key,
        proposal.action,
        proposal.value,
        reason=proposal.reason,
        source=proposal.source,
        effective_from=max(proposal.effective_from or now, now),
        proposal=proposal,
    )


@transaction.atomic
def proposal_reject(viewer: Viewer, uid: UUID, *, reason: str) -> PolicyProposal:
    """Turn a proposal down, with a reason. Raises: Forbidden, OwnWork, NotFound, AlreadyDecided, Invalid."""
    viewer.require(Area.SETTINGS, Level.APPROVE)
    _check_reason(reason)
    proposal = _open_proposal(uid)
    _decide(viewer, proposal, ProposalState.REJECTED, reason)
    return proposal


def _ask(
    viewer: Viewer,
    key: str,
    action: str,
    value: Any,
    *,
    reason: str,
    source: str,
    effective_from: dt.datetime | None,
) -> PolicyVersion | PolicyProposal:
    if not viewer.may(Area.SETTINGS, Level.APPROVE):
        viewer.require(Area.SETTINGS, Level.EDIT)
    _check_reason(reason)
    _check_date(effective_from)
    versions.refresh()
    _check_value(key, action, value, effective_from)
    asked = {"reason": reason, "source": source, "effective_from": effective_from}
    if viewer.may(Area.SETTINGS, Level.APPROVE):
        return _put_in_force(viewer, key, action, value, **asked)
    return _propose(viewer, key, action, value, **asked)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})


def _check_date(effective_from: dt.datetime | None) -> None:
    """A change for the past would make decisions wrong that were right when they were made."""
    if effective_from is not None and effective_from < clock.now() - dt.timedelta(minutes=1):
        raise Invalid(fields={"effective_from": "in_the_past"})


def check(key: str, value: Any) -> None:
    """Raise Invalid unless ``value`` could be set: within bounds, or a template that goes with what was set by hand."""
    if key == TEMPLATE_KEY and Selection.read(value).template is None:
        return _check_value(key, Action.RESTORE, value)
    return _check_value(key, Action.SET, value)


def _check_value(key: str, action: str, value: Any, effective_from: dt.datetime | None = None) -> None:
    if key == TEMPLATE_KEY:
        _check_template(action, Selection.read(value))
        return
    policy_name, _dot, field_name = key.rpartition(".")
    cls = declared().get(policy_name)
    rule = rules_of(cls).get(field_name) if cls is not None else None
    if cls is None or rule is None:
        raise Invalid(fields={"key": "unknown"}, key=key)
    if action == Action.SET and (problem := rule.problem_with(value)) is not None:
        raise Invalid(fields={"value": problem}, minimum=rule.minimum, maximum=rule.maximum)
    held = versions.current(effective_from)
    try:
        then = (held.with_values({key: value}) if action == Action.SET else held.without(key)).get(cls)
    except PolicyFault as fault:
        raise Invalid(fields={"value": fault.code}, key=fault.key) from fault
    if (problem := problem_among(then)) is not None:
        raise Invalid(fields={"value": problem}, key=key)


def _check_template(action: str, selection: Selection) -> None:
    """The template exists, and goes together with every number that was set by hand and is kept."""
    if action == Action.SET and selection.template not in TEMPLATES:
        raise Invalid(fields={"value": "not_an_option"}, options=list(TEMPLATES))
    for key in selection.replacing:
        _check_value(key, Action.RESTORE, None)
    for key, number in selection.setting:
        _check_value(key, Action.RESTORE, None)
        policy_name, _dot, field_name = key.rpartition(".")
        if (problem := rules_of(declared()[policy_name])[field_name].problem_with(number)) is not None:
            raise Invalid(fields={"value": problem}, key=key)
    then = selection.over(versions.current())
    for cls in declared().values():
        try:
            made = then.get(cls)
        except PolicyFault as fault:
            raise Invalid(fields={"value": fault.code}, key=fault.key) from fault
        if (problem := problem_among(made)) is not None:
            raise Invalid(fields={"value": problem}, key=key_of(cls))


def _propose(
    viewer: Viewer,
    key: str,
    action: str,
    value: Any,
    *,
    reason: str,
    source: str,
    effective_from: dt.datetime | None,
) -> PolicyProposal:
    proposal = PolicyProposal.objects.create(
        key=key,
        action=action,
        value=value,
        reason=reason,
        source=source,
        effective_from=effective_from,
        proposed_by_id=viewer.person_id,
    )
    _record(viewer, "policies.propose", proposal, reason)
    if action == Action.SET or key == TEMPLATE_KEY:
        # Whoever decides sees the effect, also where nobody has looked at it before.
        previews.preview_of(viewer, key, value)
    for hear in proposed:
        hear(viewer, proposal)
    return proposal


def _put_in_force(viewer: Viewer, key: str, action: str, value: Any, **more: Any) -> PolicyVersion:
    """Write the version; with a template also one for each number that goes with it, from the same moment."""
    if key != TEMPLATE_KEY:
        return _write(viewer, key, action, value, **more)
    selection = Selection.read(value)
    more["effective_from"] = more.get("effective_from") or clock.now()
    chosen = _write(viewer, key, action, selection.template, **more)
    for replaced in selection.replacing:
        _write(viewer, replaced, Action.RESTORE, None, part_of=chosen, **more)
    for put_back, number in selection.setting:
        _write(viewer, put_back, Action.SET, number, part_of=chosen, **more)
    return chosen


def _write(
    viewer: Viewer,
    key: str,
    action: str,
    value: Any,
    *,
    reason: str,
    source: str = "",
    effective_from: dt.datetime | None = None,
    withdraws: PolicyVersion | None = None,
    proposal: PolicyProposal | None = None,
    part_of: PolicyVersion | None = None,
) -> PolicyVersion:
    version = PolicyVersion.objects.create(
        key=key,
        action=action,
        value=value,
        reason=reason,
        source=source,
        effective_from=effective_from or clock.now(),
        withdraws=withdraws,
        proposal=proposal,
        part_of=part_of,
        changed_by_id=viewer.person_id,
    )
    _record(viewer, f"policies.{action}", version, reason)
    versions.forget(is_undecided=True)
    transaction.on_commit(versions.forget)
    for tell in announce:
        tell(version)
    return version


def _record(viewer: Viewer, action: str, row: PolicyVersion | PolicyProposal, reason: str) -> None:
    audit.record(
        viewer,
        action,
        kind=row._meta.label_lower,
        object_id=row.pk,
        object_uid=row.uid,
        before={"value": value_now(row.key)},
        after={
            "key": row.key,
            "value": row.value,
            "effective_from": row.effective_from.isoformat() if row.effective_from else None,
        },
        reason=reason,
    )


def value_now(key: str) -> Any:
    """The value of ``room.policy.field`` in force, or the template. Raises KeyError for one that is not declared."""
    policies = versions.current()
    if key == TEMPLATE_KEY:
        return policies.template
    policy_name, _dot, field_name = key.rpartition(".")
    return getattr(policies.get(declared()[policy_name]), field_name)


def _open_proposal(uid: UUID) -> PolicyProposal:
    proposal = PolicyProposal.objects.select_for_update().filter(uid=uid).first()
    if proposal is None:
        raise NotFound(uid=str(uid))
    if proposal.state != ProposalState.PROPOSED:
        raise AlreadyDecided(key=proposal.key)
    return proposal


def _decide(viewer: Viewer, proposal: PolicyProposal, state: str, reason: str) -> None:
    require_other(viewer, proposal.proposed_by_id)
    proposal.state = state
    proposal.decided_by_id = viewer.person_id
    proposal.decided_at = clock.now()
    proposal.decision_reason = reason
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _record(viewer, f"policies.{state}", proposal, reason)
    for hear in decided:
        hear(viewer, proposal)
