"""How an approval moves: a step is asked, its signers are told, released or done with, and in the end the room hears.

All of it runs inside the transaction of who acts, with the subject and the approval locked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from zhike.foundation import audit, calendar, messages, outbox
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import course as courses
from zhike.foundation.approvals import finding, register, rules
from zhike.foundation.approvals.events import ApprovalEnded, SignerAsked, SignerReleased
from zhike.foundation.approvals.flow import Asked, Flow, Outcome, Said, Step
from zhike.foundation.approvals.models import Approval, ApprovalCopy, ApprovalSigner, ApprovalStep
from zhike.foundation.approvals.models import ApprovalState as State
from zhike.foundation.approvals.models import SignerState as Signed
from zhike.foundation.approvals.refusing import DecidedBefore
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound, Stale
from zhike.foundation.obligations.rules import due_of

_SPOKEN = (Signed.APPROVED, Signed.REJECTED, Signed.RETURNED)


def held(viewer: Viewer, uid: UUID, version: int | None) -> tuple[Approval, Flow, Any]:
    """The running approval with its flow and subject: the subject is locked first, as everywhere, then the approval.

    Raises: NotFound (the viewer does not see the subject, or there is no such approval), DecidedBefore, Stale.
    """
    known = Approval.objects.filter(uid=uid).only("flow", "subject_id").first()
    if known is None:
        raise NotFound(uid=str(uid))
    flow = register.flow_of(known.flow)
    row = flow.hold(viewer, known.subject_id)
    approval = Approval.objects.select_for_update(of=("self",), no_key=True).get(pk=known.pk)
    if approval.state != State.RUNNING:
        raise DecidedBefore(by=approval.ended_by.name if approval.ended_by else "–", state=approval.state)
    if version is not None and approval.version != version:
        raise Stale(version=approval.version)
    return approval, flow, row


def asked_of(approval: Approval) -> Asked:
    """What the approval was started with."""
    return Asked(
        approval.subject_id, approval.subject_uid, approval.title, approval.author_id, approval.customer_id,
        approval.values, approval.detail,
    )  # fmt: skip


def step_of(approval: Approval, flow: Flow, row: ApprovalStep) -> Step | None:
    """The declaration of a step as the approval keeps it; None for an added one."""
    return courses.read(flow, approval.course).step(row.code) if row.kind == "declared" else None


def current(approval: Approval) -> tuple[str, ApprovalStep | None]:
    """The verdict so far, and the step that is asked."""
    steps = list(approval.steps.prefetch_related("signers"))
    # Who waits because somebody was added before them still counts as one who has to sign.
    states = [
        (step.place, step.rule, [rules.OPEN if s.state == Signed.WAITING else s.state for s in step.signers.all()])
        for step in steps
    ]
    stand = rules.standing(states)
    return stand.verdict, next((step for step in steps if step.place == stand.current), None)


def advance(viewer: Viewer, approval: Approval, flow: Flow, row: Any, words: str = "") -> None:
    """Release whom nobody waits for any more, ask the next step, or end with ``words``."""
    verdict, step = current(approval)
    while not verdict and step is not None and _asked_anew(approval, flow, row, step):
        verdict, step = current(approval)
    now_asked = step.pk if step is not None else None
    for signer in approval.signers.filter(state=Signed.OPEN).exclude(step=now_asked).select_related("step"):
        release(approval, signer)
    if verdict:
        end(viewer, approval, flow, row, verdict, words)


def _asked_anew(approval: Approval, flow: Flow, row: Any, step: ApprovalStep) -> bool:
    """Ask the step if its turn has come just now; say whether that has settled it already."""
    waiting = list(step.signers.filter(state=Signed.WAITING))
    if step.asked_at is None:
        ask(approval, flow, row, step)
    elif not waiting:
        return False
    due = step.due_at
    for signer in waiting:  # somebody added before them has signed: now it is their turn
        signer.state, signer.asked_at, signer.due_at = Signed.OPEN, clock.now(), due
        signer.save(update_fields=["state", "asked_at", "due_at"])
        _tell_asked(approval, flow, step, signer)
    _verdict, now = current(approval)
    return now is None or now.pk != step.pk


def ask(approval: Approval, flow: Flow, row: Any, step: ApprovalStep) -> None:
    """Find the signers of a step and ask them; who approved earlier in this round is not asked for it again."""
    declared = step_of(approval, flow, step)
    step.asked_at = clock.now()
    step.due_at = due_at(declared, step.asked_at) if declared is not None else _added_due(step.asked_at)
    if declared is not None:
        fallback = courses.read(flow, approval.course).fallback
        authors = {approval.author_id, *flow.authors(row)}
        found = finding.signers_of(flow, declared, asked_of(approval), authors, fallback)
        step.way = found.way
        earlier = set(
            approval.signers.filter(state=Signed.APPROVED, step__kind="declared").values_list("person_id", flat=True)
        )
        people = [p for p in found.people if p in earlier] if step.rule == "any" else []
        for person in people[:1] or found.people:
            _add_signer(approval, flow, step, person, is_settled=person in earlier)
        ask_deputies(approval, flow, row, step)
    step.save()
    if not is_signed(step):
        _tell_nobody(approval, flow, step)


def ask_deputies(approval: Approval, flow: Flow, row: Any, step: ApprovalStep) -> int:
    """Ask the deputies of those asked in the step who are away today, besides them; say how many were asked anew."""
    rows = step.signers.exclude(state__in=[Signed.RELEASED, Signed.DELEGATED])
    known = {person for pair in rows.values_list("person_id", "stands_in_for_id") for person in pair if person}
    waiting = set(rows.filter(state=Signed.OPEN).values_list("person_id", flat=True))
    declared = step_of(approval, flow, step) if step.way in ("", "declared") else None
    authors = {approval.author_id, *flow.authors(row)}
    level = flow.level if step.kind == "declared" else Level.BASIC
    pairs = finding.deputies_for(flow, declared, level, asked_of(approval), known, authors)
    found = [(away, deputy) for away, deputy in pairs if away in waiting]
    for away, deputy in found:
        asked_in(approval, flow, step, deputy, stands_in_for_id=away)
    return len(found)


def settle_other(approval: Approval, signer: ApprovalSigner) -> None:
    """The word of a deputy counts for who is away, and the other way round: the other one is not asked any more."""
    away = signer.stands_in_for_id or signer.person_id
    pair = Q(person=away, stands_in_for=None) | Q(stands_in_for=away)
    for other in signer.step.signers.filter(pair, state=Signed.OPEN).exclude(pk=signer.pk):
        release(approval, other)


def is_signed(step: ApprovalStep) -> bool:
    """Whether anybody is asked in the step, or has said a word there."""
    return step.signers.exclude(state__in=[Signed.RELEASED, Signed.DELEGATED]).exists()


def _add_signer(approval: Approval, flow: Flow, step: ApprovalStep, person: int, *, is_settled: bool) -> None:
    signer = ApprovalSigner.objects.create(
        approval=approval, step=step, person_id=person, asked_at=step.asked_at, due_at=step.due_at,
        state=Signed.APPROVED if is_settled else Signed.OPEN,
    )  # fmt: skip
    if is_settled:  # their own earlier word, noted here, is what approves
        signer.acted_at = clock.now()
        signer.save(update_fields=["acted_at"])
    else:
        _tell_asked(approval, flow, step, signer)


def asked_in(approval: Approval, flow: Flow, step: ApprovalStep, person: int, **passed: Any) -> ApprovalSigner:
    """Ask one more person in a step that is asked now."""
    signer = ApprovalSigner.objects.create(
        approval=approval, step=step, person_id=person, asked_at=clock.now(), due_at=step.due_at, **passed
    )
    _tell_asked(approval, flow, step, signer)
    return signer


def may_join(viewer: Viewer, approval: Approval, flow: Flow, step: ApprovalStep, declared: Step) -> bool:
    """Whether somebody who is not asked may decide in the step: they came to one of its posts after it was asked."""
    is_one_enough = step.rule == "any" or not is_signed(step)
    is_free = is_one_enough and not step.signers.filter(state=Signed.WAITING).exists()
    is_named = finding.is_named(declared, viewer, asked_of(approval))
    return is_free and is_named and finding.may_decide(flow, declared, viewer)


def release(approval: Approval, signer: ApprovalSigner, state: str = Signed.RELEASED) -> None:
    """Nobody asks this signer any more; their clock stops."""
    signer.state = state
    signer.save(update_fields=["state"])
    outbox.publish(SignerReleased(**about(approval), approval_signer_id=signer.pk, person_id=signer.person_id))


def end(viewer: Viewer, approval: Approval, flow: Flow, row: Any, verdict: str, words: str) -> None:
    """Write how it ended, let the room write its own state, and tell author and readers."""
    said = _said(approval)
    answers: dict[str, str] = {}
    for one in said:
        answers |= one.answers
    finish(viewer, approval, verdict, words)
    flow.decided(viewer, row, Outcome(verdict, words, answers, said))
    readers = {approval.author_id, *_copied(approval, flow)} - {viewer.person_id}
    tell(readers, approval, "approval.ended", viewer, words, "end")


def finish(viewer: Viewer, approval: Approval, state: str, words: str) -> None:
    """Close the row and release everybody, without a word to the room: it knows, or is told by the caller."""
    for signer in approval.signers.filter(state__in=[Signed.OPEN, Signed.WAITING]):
        release(approval, signer)
    approval.state, approval.ended_at, approval.ended_by_id = state, clock.now(), viewer.person_id
    approval.ended_words = words
    save(approval)
    noted(viewer, approval, "end", reason=words, state=state)
    outbox.publish(ApprovalEnded(**about(approval), state=state, person_id=viewer.person_id))


def _copied(approval: Approval, flow: Flow) -> set[int]:
    """Send the copies that the flow declares, to those who may see the subject; all who have one are told."""
    places = courses.read(flow, approval.course).copies
    for person in finding.people_at(places, asked_of(approval)):
        copy(approval, flow, person, None)
    return set(approval.copies.values_list("person_id", flat=True))


def copy(approval: Approval, flow: Flow, person_id: int, by: int | None) -> ApprovalCopy | None:
    """Put the approval into somebody's box of copies; None where they do not see the subject."""
    person = Person.objects.select_related("department").filter(pk=person_id, is_active=True).first()
    if person is None or not finding.may_read(flow, person, approval.subject_id):
        return None
    return ApprovalCopy.objects.get_or_create(approval=approval, person=person, defaults={"by_id": by})[0]


def _said(approval: Approval) -> tuple[Said, ...]:
    spoken = approval.signers.filter(state__in=_SPOKEN).select_related("step").order_by("acted_at", "id")
    return tuple(Said(s.person_id, s.step.code, s.state, s.words, s.answers) for s in spoken)


def due_at(step: Step, start: dt.datetime) -> dt.datetime | None:
    """When a step that is asked at ``start`` is due, by the policy in force."""
    within = courses.due_within(step)
    return due_of(start, *within, step.clock, calendar).at if within is not None else None


def _added_due(start: dt.datetime) -> dt.datetime | None:
    return due_at(Step(code="added", title="", who=()), start)


def _tell_asked(approval: Approval, flow: Flow, step: ApprovalStep, signer: ApprovalSigner) -> None:
    declared = step_of(approval, flow, step)
    outbox.publish(
        SignerAsked(
            **about(approval), approval_signer_id=signer.pk, person_id=signer.person_id, due_at=signer.due_at,
            is_owed=declared.is_owed if declared is not None else True,
        )
    )  # fmt: skip
    author = approval.author.name if approval.author else ""
    messages.tell(
        [signer.person_id], "approval.asked", {"title": approval.title, "flow": approval.flow, "author": author},
        link=link_of(approval), about=f"signer:{signer.pk}:{signer.asked_at.timestamp():.0f}",
    )  # fmt: skip


def _tell_nobody(approval: Approval, flow: Flow, step: ApprovalStep) -> None:
    """A step without signers waits, and those who can give somebody the post hear of it: nothing passes by silence."""
    people = finding.people_at(("post:it_team", "post:management"), asked_of(approval))
    messages.tell(
        [*people, approval.author_id], "approval.nobody", {"title": approval.title, "flow": flow.code},
        link=link_of(approval), about=f"step:{step.pk}",
    )  # fmt: skip


def about(approval: Approval) -> dict[str, Any]:
    """What every event about an approval carries."""
    return {"approval_id": approval.pk, "flow": approval.flow, "customer_id": approval.customer_id}


def link_of(approval: Approval) -> str:
    """The page of the approval."""
    return f"/approvals/{approval.uid}/"


def save(approval: Approval) -> None:
    """Write the next version of the row."""
    approval.version += 1
    approval.save()


def noted(viewer: Viewer, approval: Approval, action: str, *, reason: str = "", **after: Any) -> None:
    """Write what was done into the audit log."""
    audit.record(
        viewer, f"approval.{action}", kind="approval", object_id=approval.pk, object_uid=approval.uid,
        after={"flow": approval.flow, "subject_id": approval.subject_id} | after, reason=reason,
    )  # fmt: skip


def tell(people: Iterable[int | None], approval: Approval, code: str, viewer: Viewer, words: str, mark: str) -> None:
    """Tell people of what somebody did to an approval."""
    said = {
        "title": approval.title, "flow": approval.flow, "state": str(approval.state),
        "by": "" if viewer.is_system else viewer.name, "words": words[:200],
    }  # fmt: skip
    messages.tell(people, code, said, link=link_of(approval), about=f"approval:{approval.pk}:{mark}")
