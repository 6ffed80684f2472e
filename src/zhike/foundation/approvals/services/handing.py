"""What people do besides deciding: add a signer, pass their place on, send a copy, take the whole back."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import F

from zhike.foundation import outbox
from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import BeyondReach, PostsLackWork, named
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.approvals import register, stepping
from zhike.foundation.approvals.events import SignerReleased
from zhike.foundation.approvals.flow import Flow
from zhike.foundation.approvals.models import Approval, ApprovalSigner, ApprovalStep
from zhike.foundation.approvals.models import ApprovalState as State
from zhike.foundation.approvals.models import SignerState as Signed
from zhike.foundation.approvals.refusing import AUTHOR, SIGNS_ALREADY, NotAuthor, NotOffered
from zhike.foundation.approvals.selectors import approval_of
from zhike.foundation.approvals.services.deciding import acting, signer_for
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound

_ASKED = (Signed.OPEN, Signed.WAITING)


@transaction.atomic
def signer_add(
    *, viewer: Viewer, uid: UUID, version: int | None = None, person: int, where: str, words: str = ""
) -> Approval:
    """Let somebody sign too: before the open step, which waits for them, or after it. Only who is asked now may add.

    Raises: NotFound, DecidedBefore, Stale, NotYours, Invalid, PostsLackWork, BeyondReach.
    """
    viewer = acting(viewer, uid)
    approval, flow, row = stepping.held(viewer, uid, version)
    if where not in ("before", "after"):
        raise Invalid(fields={"where": "not_an_option"})
    _verdict, step = stepping.current(approval)
    mine = signer_for(viewer, approval, flow, step)
    step = mine.step
    found = _somebody(flow, approval, row, person, Level.BASIC, ())
    place = step.place + (0 if where == "before" else 1)
    approval.steps.filter(place__gte=place).update(place=F("place") + 1)
    added = ApprovalStep.objects.create(
        approval=approval, place=place, code="added", kind=where, rule="all", way="added"
    )
    signer = ApprovalSigner.objects.create(
        approval=approval, step=added, person=found, state=Signed.WAITING, passed_by_id=viewer.person_id,
        passed_words=words.strip()[:400],
    )  # fmt: skip
    if where == "before":
        _let_wait(approval, step)
    stepping.noted(viewer, approval, "signer_add", reason=words, person_id=found.pk, where=where, signer_id=signer.pk)
    stepping.save(approval)
    stepping.advance(viewer, approval, flow, row)
    return approval


def _let_wait(approval: Approval, step: ApprovalStep) -> None:
    """The signers of a step wait until those added before it have signed; their clocks stop meanwhile."""
    for signer in step.signers.filter(state=Signed.OPEN):
        stepping.release(approval, signer, Signed.WAITING)


@transaction.atomic
def delegate(*, viewer: Viewer, uid: UUID, version: int | None = None, person: int, words: str) -> Approval:
    """Pass one's own place on to somebody who may decide in it, with a reason.

    Raises: NotFound, DecidedBefore, Stale, NotYours, Invalid, PostsLackWork, BeyondReach.
    """
    viewer = acting(viewer, uid)
    approval, flow, row = stepping.held(viewer, uid, version)
    if not words.strip():
        raise Invalid(fields={"words": "required"})
    _verdict, step = stepping.current(approval)
    mine = signer_for(viewer, approval, flow, step)
    declared = stepping.step_of(approval, flow, mine.step)
    level = flow.level if declared is not None else Level.BASIC
    holding = declared.holding if declared is not None and mine.step.way == "declared" else ()
    found = _somebody(flow, approval, row, person, level, holding)
    if approval.signers.filter(step=mine.step, person=found, state__in=[Signed.OPEN, Signed.APPROVED]).exists():
        raise Invalid(fields={"person": SIGNS_ALREADY})
    pass_on(approval, flow, mine, found.pk, words)
    stepping.noted(viewer, approval, "delegate", reason=words, person_id=found.pk)
    stepping.save(approval)
    return approval


def pass_on(approval: Approval, flow: Flow, mine: ApprovalSigner, person_id: int, words: str) -> None:
    """One signer's place goes to another: the clock of the first stops, that of the other begins."""
    mine.state, mine.words, mine.acted_at = Signed.DELEGATED, words.strip(), clock.now()
    mine.save(update_fields=["state", "words", "acted_at"])
    outbox.publish(SignerReleased(**stepping.about(approval), approval_signer_id=mine.pk, person_id=mine.person_id))
    stepping.asked_in(
        approval, flow, mine.step, person_id, passed_by_id=mine.person_id, passed_words=words.strip()[:400]
    )


def _somebody(
    flow: Flow, approval: Approval, row: object, person: int, level: Level, holding: tuple[str, ...]
) -> Person:  # fmt: skip
    """The person named, if they may do it, see the subject, and had no hand in it."""
    found = named(person, flow.area, level, holding=holding, field="person")
    authors = {approval.author_id, *flow.authors(row)}
    if is_own(viewer_of(found), *authors):
        raise Invalid(fields={"person": AUTHOR})
    if not flow.sees(viewer_of(found), approval.subject_id):
        raise BeyondReach(person=found.name)
    return found


@transaction.atomic
def copy_to(*, viewer: Viewer, uid: UUID, person: int) -> Approval:
    """Send a copy to somebody who may see the subject. Who has a part in the approval may, also after its end.

    Raises: NotFound, NotYours, PostsLackWork, BeyondReach.
    """
    approval = approval_of(viewer, uid)
    flow = register.flow_of(approval.flow)
    if not flow.sees(viewer, approval.subject_id):
        raise NotFound(uid=str(uid))
    found = named(person, flow.area, Level.BASIC, field="person")
    if stepping.copy(approval, flow, found.pk, viewer.person_id) is None:
        raise BeyondReach(person=found.name)
    stepping.noted(viewer, approval, "copy", person_id=found.pk)
    stepping.tell([found.pk], approval, "approval.copied", viewer, "", f"copy:{found.pk}")
    return approval


@transaction.atomic
def withdraw(*, viewer: Viewer, uid: UUID, version: int | None = None, words: str = "") -> Approval:
    """Take back what one asked for: the room writes its own state and calls the approval off.

    Raises: NotFound, DecidedBefore, Stale, NotAuthor, NotOffered, and what the room refuses.
    """
    approval, flow, row = stepping.held(viewer, uid, version)
    if flow.withdraw is None:
        raise NotOffered()
    if viewer.person_id is None or viewer.person_id != approval.author_id:
        raise NotAuthor()
    flow.withdraw(viewer, row, words)
    approval.refresh_from_db()
    if approval.state != State.WITHDRAWN:
        raise RuntimeError(f"{flow.code}: its withdraw has to call the approval off")
    return approval


def signatures_owed(person_id: int) -> int:
    """How many approvals wait for this person."""
    return ApprovalSigner.objects.filter(person=person_id, state__in=_ASKED).count()


def signatures_hand_over(viewer: Viewer, before: int, after: int) -> int:
    """Somebody leaves: the receiver signs in their place where they may.

    Elsewhere who added them signs, or the step looks for others at its places (see ``find_signers``).
    """
    del viewer  # The caller has checked the permission and notes the whole.
    passed = 0
    rows = ApprovalSigner.objects.filter(person=before, state__in=_ASKED)
    for uid in list(rows.order_by("approval_id").values_list("approval__uid", flat=True).distinct()):
        try:
            approval, flow, row = stepping.held(system("somebody leaves"), uid, None)
        except NotFound:  # what it is about lies in the recycle bin: nobody can decide on it
            continue
        for mine in approval.signers.filter(person=before, state__in=_ASKED).select_related("step"):
            _hand_over_one(approval, flow, row, mine, after)
            passed += 1
    return passed


def _hand_over_one(approval: Approval, flow: Flow, row: object, mine: ApprovalSigner, after: int) -> None:
    declared = stepping.step_of(approval, flow, mine.step)
    level, holding = (flow.level, declared.holding) if declared is not None else (Level.BASIC, ())
    receiver: int | None = mine.passed_by_id if declared is None else None
    with suppress(Invalid, PostsLackWork, BeyondReach):
        receiver = _somebody(flow, approval, row, after, level, holding).pk
    if receiver is None:
        stepping.release(approval, mine)
    elif mine.state == Signed.WAITING:  # not asked yet: nobody has to be told
        mine.person_id = receiver
        mine.save(update_fields=["person"])
    else:
        pass_on(approval, flow, mine, receiver, "")
