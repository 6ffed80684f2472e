"""The retention interview: a talk with the customer about why, from whose end the plan's clock runs (K4)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import interaction_log
from zhike.events.retain import RetentionInterviewEnded
from zhike.foundation import outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid
from zhike.retain.models import RetentionCase, RetentionInterview
from zhike.retain.rules.playbook import playbook
from zhike.retain.services import standing

KINDS = ("call", "visit", "meeting", "wechat")
AFTER_LOSS = _("The last talk follows the loss. Enter a time after the case was closed as lost.")
BEFORE_CASE = _("The case was opened later than that. Enter when this talk about it ended.")


@transaction.atomic
def interview_log(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    ended_at: dt.datetime,
    kind: str,
    cause: str,
    words: str,
    would_keep: str = "",
    contact: str = "",
) -> RetentionCase:
    """Write down what the customer said. It is the contact that was owed (B-18) and starts the plan's clock (B-19).

    ``contact`` is the uid of one of the customer's contacts, or empty.
    Raises: NotFound, Forbidden, Invalid, Stale, CaseClosed, CaseNotReady.
    """
    case = standing.case_for(viewer, uid, version, "interview")
    talk = talked(
        viewer, case, ended_at=ended_at, kind=kind, cause=cause, words=words, keep=would_keep, contact=contact
    )
    # The talk was the contact: its projection has written the case meanwhile.
    case.refresh_from_db()
    case.state, case.interviewed_at, case.cause = "plan", ended_at, cause
    standing.save(case, viewer)
    standing.noted(viewer, "interview", case, cause=cause, interview_id=talk.pk)
    outbox.publish(
        RetentionInterviewEnded(
            customer_id=case.customer_id, retention_case_id=case.pk, case_uid=str(case.uid), cause=cause,
            ended_at=ended_at, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return case


def talked(
    viewer: Viewer, case: RetentionCase, *, ended_at: dt.datetime, kind: str, cause: str, words: str, keep: str = "",
    contact: str = "", is_last: bool = False,
) -> RetentionInterview:  # fmt: skip
    """Log a talk about leaving as an interaction of the customer, and keep what it found. Raises: Invalid, NotFound."""
    # The last talk follows the loss, any other the publication.
    begins = case.closed_at if is_last and case.closed_at is not None else case.opened_at
    _refuse_faults(begins, AFTER_LOSS if is_last else BEFORE_CASE, ended_at, kind, cause, words)
    # People type minutes: a talk in that very minute was after it.
    ended_at = max(ended_at, begins)
    said = "\n".join(part for part in (words.strip(), keep.strip()) if part)
    interaction = interaction_log(
        viewer=standing.acting(viewer), customer_uid=case.customer.uid, kind=kind, at=ended_at, feedback=said,
        contact_uid=UUID(contact) if contact else None, mentions=playbook().causes[cause].mention,
    )  # fmt: skip
    return standing.new(
        RetentionInterview, viewer, case=case, interaction=interaction, ended_at=ended_at, cause=cause,
        words=words.strip(), would_keep=keep.strip(), is_last_talk=is_last,
    )  # fmt: skip


def _refuse_faults(
    begins: dt.datetime, too_early: str, ended_at: dt.datetime | None, kind: str, cause: str, words: str
) -> None:
    problems = {}
    if ended_at is None:
        problems["ended_at"] = "required"
    elif ended_at < begins.replace(second=0, microsecond=0):
        problems["ended_at"] = too_early
    if kind not in KINDS:
        problems["kind"] = "not_an_option"
    if cause not in playbook().causes:
        problems["cause"] = "not_an_option"
    if not (words or "").strip():
        problems["words"] = "required"
    if problems:
        raise Invalid(fields=problems)
