"""How a case ends: the customer stays, or is lost, is asked for the true reason, and is archived (RET-14)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.events.retain import CustomerLost, CustomerSaved, LastTalkHeld, LostCustomerArchived
from zhike.foundation import approvals, outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.policies import current
from zhike.retain.models import RetentionCase
from zhike.retain.models.case import Evidence
from zhike.retain.policy import ClockPolicy
from zhike.retain.rules.case import approach_from, missing_in_archive
from zhike.retain.services import standing
from zhike.retain.services.interview import talked

MISSING = {
    "last_talk": _("the last talk"),
    "true_reason": _("the true reason for leaving"),
    "welcomed": _("that the customer was told they are welcome back"),
    "analysis": _("the analysis"),
}


class ArchiveIncomplete(Refusal):
    """《流失客户档案》 lacks something: ``missing`` names it."""

    code = "archive_incomplete"
    sentence = _("The file of the lost customer is not complete yet. Still missing:")


@transaction.atomic
def case_save(*, viewer: Viewer, uid: UUID, version: int, evidence: str, outcome: str) -> RetentionCase:
    """Close a case because the customer stays, with what shows it.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed.
    """
    problems = {} if evidence in Evidence.values else {"evidence": "not_an_option"}
    _require(outcome, "outcome", problems)
    case = standing.case_for(viewer, uid, version, "save")
    case.evidence = evidence
    _close(case, viewer, "saved", outcome)
    standing.noted(viewer, "save", case, evidence=evidence)
    outbox.publish(CustomerSaved(**standing.about(case, viewer), evidence=evidence))
    return case


@transaction.atomic
def case_lose(*, viewer: Viewer, uid: UUID, version: int, outcome: str) -> RetentionCase:
    """Close a case because the customer leaves all the same; last talk, true reason and archive are owed (B-36).

    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed.
    """
    _require(outcome, "outcome", {})
    case = standing.case_for(viewer, uid, version, "lose")
    _close(case, viewer, "lost", outcome)
    standing.noted(viewer, "lose", case)
    outbox.publish(CustomerLost(**standing.about(case, viewer)))
    return case


def _cooling_days(at: dt.datetime) -> int:
    return current(at).get(ClockPolicy).cooling_days


def _close(case: RetentionCase, viewer: Viewer, state: str, outcome: str) -> None:
    case.state, case.closed_at, case.outcome = state, clock.now(), outcome.strip()
    case.contact_due_at = None  # the contact is owed no longer
    if state == "lost":
        case.recontact_on = approach_from(clock.local(case.closed_at).date(), _cooling_days(case.closed_at))
    standing.save(case, viewer)
    approvals.call_off(viewer=viewer, kind="retention_case", subject_id=case.pk, reason=outcome)
    # What nobody answered before the end waits no longer.
    for warning in case.warnings.select_for_update(of=("self",)).filter(state="published"):
        warning.state = "closed"
        standing.save(warning, viewer)


@transaction.atomic
def last_talk(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    ended_at: dt.datetime,
    kind: str,
    true_reason: str,
    words: str,
    is_welcomed: bool | None = None,
    contact: str = "",
) -> RetentionCase:
    """Write down the last talk with a lost customer: why they really leave, and that they are welcome back.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseNotReady.
    """
    case = standing.case_for(viewer, uid, version, "archive")
    talk = talked(
        viewer, case, ended_at=ended_at, kind=kind, cause=true_reason, words=words, contact=contact, is_last=True
    )  # fmt: skip
    case.last_talk_at, case.is_welcomed = talk.ended_at, bool(is_welcomed)
    case.true_reason = case.cause = true_reason
    standing.save(case, viewer)
    standing.noted(viewer, "last_talk", case, true_reason=true_reason)
    outbox.publish(LastTalkHeld(**standing.about(case, viewer), true_reason=true_reason, is_welcomed=case.is_welcomed))
    return case


@transaction.atomic
def case_archive(*, viewer: Viewer, uid: UUID, version: int, analysis: str) -> RetentionCase:
    """Close 《流失客户档案》, which holds last talk, true reason, welcome back and analysis; B-36 is done.

    Raises: NotFound, Forbidden, Invalid, Stale, CaseNotReady, ArchiveIncomplete.
    """
    _require(analysis, "analysis", {})
    case = standing.case_for(viewer, uid, version, "archive")
    held = {
        "last_talk": case.last_talk_at, "true_reason": case.true_reason, "welcomed": case.is_welcomed,
        "analysis": analysis.strip(),
    }  # fmt: skip
    if missing := missing_in_archive(held):
        raise ArchiveIncomplete(missing=[MISSING[part] for part in missing])
    case.state, case.analysis, case.archived_at = "archived", analysis.strip(), clock.now()
    standing.save(case, viewer)
    standing.noted(viewer, "archive", case, true_reason=case.true_reason)
    outbox.publish(LostCustomerArchived(**standing.about(case, viewer), true_reason=case.true_reason))
    return case


def _require(text: str | None, name: str, problems: dict[str, str]) -> None:
    if not (text or "").strip():
        problems[name] = "required"
    if problems:
        raise Invalid(fields=problems)
