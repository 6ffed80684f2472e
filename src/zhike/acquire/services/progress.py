"""What is done with a lead: first contact with go or no-go, follow-ups, hand-over to sales, dropping."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from dataclasses import replace
from importlib import resources
from uuid import UUID

from django.db import transaction

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import ContactChannel, DropReason
from zhike.acquire.rules.promises import promises_in
from zhike.acquire.services import rows
from zhike.acquire.services.refusals import AlreadyContacted, LeadMovesByDeeds, NotYetContacted, Overpromise
from zhike.acquire.services.rows import written
from zhike.customers.public import customer_uid_of, interaction_log
from zhike.events.acquire import FirstContactMade, LeadConverted, LeadDropped
from zhike.foundation import outbox
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid

_REASON_MAX = 200


@functools.cache
def promise_words() -> tuple[str, ...]:
    """The words that may promise too much, from ``policies/promises.toml``."""
    text = resources.files("zhike.policies").joinpath("promises.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["words"])


@transaction.atomic
def lead_first_contact(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    contact_channel: str,
    message: str,
    decision: str,
    reason: str,
    interests: str = "",
    doubts: str = "",
    next_action: str = "",
    next_on: dt.date | None = None,
    promises_can_be_kept: bool = False,
) -> Lead:
    """Log the first contact and decide on deep follow-up: ``go``, or ``no_go``, which drops the lead.

    It is an interaction of the customer too. Words that may promise too much are pointed out once
    (``Overpromise``); confirmed with ``promises_can_be_kept`` they are noted on the lead.
    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, AlreadyContacted, Overpromise, Stale.
    """
    _refuse_faults(contact_channel, message, decision, reason)
    lead = rows.seen(viewer, uid)
    if lead.contacted_at is not None:
        raise AlreadyContacted
    lead = rows.mine(viewer, uid, version)
    promises = promises_in(f"{message}\n{next_action}", promise_words())
    if promises and not promises_can_be_kept:
        raise Overpromise(words="、".join(promises))
    now = clock.now()
    lead.contacted_at, lead.contact_channel = now, contact_channel
    lead.contact_message, lead.contact_interests, lead.contact_doubts = (
        message.strip(),
        interests.strip(),
        doubts.strip(),
    )
    lead.contact_promises = list(promises)
    lead.is_go, lead.go_reason = decision == "go", reason.strip()
    lead.state = "contacted"
    if not lead.is_go:
        _close(lead, "dropped", now)
        lead.drop_reason, lead.drop_note = DropReason.NO_GO, reason.strip()
    # Before the row is written: the talk that is the first contact is no follow-up of it.
    said = "\n".join(part for part in (message.strip(), interests.strip(), doubts.strip()) if part)
    _talk(viewer, lead, contact_channel, said, next_action, next_on)
    written(
        viewer, lead, "lead.first_contact",
        {"channel": contact_channel, "decision": decision, "promises": list(promises)}, reason=reason.strip(),
    )  # fmt: skip
    outbox.publish(
        FirstContactMade(
            customer_id=lead.customer_id, lead_id=lead.pk, person_id=viewer.person_id, is_go=bool(lead.is_go)
        )
    )  # fmt: skip
    if not lead.is_go:
        _tell_dropped(viewer, lead)
    return lead


@transaction.atomic
def lead_follow_up(
    *, viewer: Viewer, uid: UUID, version: int, contact_channel: str, feedback: str, next_action: str = "",
    next_on: dt.date | None = None,
) -> Lead:  # fmt: skip
    """Write down what came after the first contact; the lead is being followed up from then on.

    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, NotYetContacted, Stale.
    """
    problems = {} if contact_channel in ContactChannel.values else {"contact_channel": "not_an_option"}
    if not feedback.strip():
        problems["feedback"] = "required"
    if problems:
        raise Invalid(fields=problems)
    lead = rows.mine(viewer, uid, version)
    if not lead.is_go:
        raise NotYetContacted
    lead.state = "followed"
    _talk(viewer, lead, contact_channel, feedback.strip(), next_action, next_on)
    written(viewer, lead, "lead.follow_up", {"channel": contact_channel})
    return lead


@transaction.atomic
def lead_convert(*, viewer: Viewer, uid: UUID, version: int) -> Lead:
    """Hand the lead on to sales, who open an opportunity called as the need. Nothing is copied.

    Raises: NotFound, Forbidden, LeadClosed, LeadUnclaimed, NotYetContacted, Stale.
    """
    lead = rows.mine(viewer, uid, version)
    if not lead.is_go:
        raise NotYetContacted
    _close(lead, "converted", clock.now())
    written(viewer, lead, "lead.convert", {"state": "converted"})
    outbox.publish(
        LeadConverted(
            customer_id=lead.customer_id, lead_id=lead.pk, lead_uid=str(lead.uid), person_id=viewer.person_id,
            owner_id=lead.owner_id, title=lead.need,
        )
    )  # fmt: skip
    return lead


@transaction.atomic
def lead_drop(*, viewer: Viewer, uid: UUID, version: int, drop_reason: str, note: str = "") -> Lead:
    """Follow a lead no longer, for a reason.

    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, Stale.
    """
    problems = {} if drop_reason in DropReason.values else {"drop_reason": "not_an_option"}
    if len(note) > _REASON_MAX:
        problems["note"] = "too_long"
    if problems:
        raise Invalid(fields=problems)
    lead = rows.mine(viewer, uid, version)
    _close(lead, "dropped", clock.now())
    lead.drop_reason, lead.drop_note = drop_reason, note.strip()
    written(viewer, lead, "lead.drop", {"state": "dropped", "reason": drop_reason}, reason=note.strip())
    _tell_dropped(viewer, lead)
    return lead


def lead_move(
    *, viewer: Viewer, uid: UUID, version: int, state: str, drop_reason: str = "", note: str = ""
) -> Lead:  # fmt: skip
    """Put a lead into another column of the board: converted or dropped; the columns between come by deeds.

    Raises: LeadMovesByDeeds, and what converting and dropping raise.
    """
    if state == "converted":
        return lead_convert(viewer=viewer, uid=uid, version=version)
    if state == "dropped":
        if not drop_reason:
            raise Invalid(fields={"drop_reason": "required"})
        return lead_drop(viewer=viewer, uid=uid, version=version, drop_reason=drop_reason, note=note)
    raise LeadMovesByDeeds


def lead_touched(*, customer_id: int, is_talk: bool) -> None:
    """A talk or note on the customer is progress of the open lead (ACQ-08); a talk after a go is a follow-up.

    A lead that somebody is working on this very moment is left to them: their act is the progress.
    """
    leads = Lead.objects.select_for_update(of=("self",), skip_locked=True)
    for lead in leads.filter(customer_id=customer_id, state__in=("contacted", "followed", "new"), deleted_at=None):
        lead.touched_at, lead.is_quiet = clock.now(), False
        if is_talk and lead.state == "contacted" and lead.is_go:
            lead.state, lead.version = "followed", lead.version + 1
        lead.save(update_fields=["touched_at", "is_quiet", "state", "version"])


def _talk(
    viewer: Viewer, lead: Lead, channel: str, said: str, next_action: str, next_on: dt.date | None
) -> None:  # fmt: skip
    """The same contact as an interaction of the customer. Who works on a lead may write it, whoever owns the file."""
    contact = lead.contact if lead.contact_id and lead.contact and lead.contact.deleted_at is None else None
    interaction_log(
        viewer=replace(viewer, reach=Reach(everything=True)),
        customer_uid=customer_uid_of(lead.customer_id),
        kind=channel,
        feedback=said,
        next_action=next_action,
        next_on=next_on,
        contact_uid=contact.uid if contact else None,
    )


def _close(lead: Lead, state: str, now: dt.datetime) -> None:
    lead.state, lead.closed_at = state, now


def _tell_dropped(viewer: Viewer, lead: Lead) -> None:
    outbox.publish(
        LeadDropped(
            customer_id=lead.customer_id, lead_id=lead.pk, reason=lead.drop_reason, person_id=viewer.person_id
        )
    )  # fmt: skip


def _refuse_faults(channel: str, message: str, decision: str, reason: str) -> None:
    problems = {}
    if channel not in ContactChannel.values:
        problems["contact_channel"] = "not_an_option"
    if not message.strip():
        problems["message"] = "required"
    if decision not in ("go", "no_go"):
        problems["decision"] = "not_an_option"
    if not reason.strip():
        problems["reason"] = "required"
    elif len(reason) > _REASON_MAX:
        problems["reason"] = "too_long"
    if problems:
        raise Invalid(fields=problems)
