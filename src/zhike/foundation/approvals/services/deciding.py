"""What signers say: yes, no, or back to the author. The word that ends an approval is heard by the room at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from zhike.foundation import outbox, policies
from zhike.foundation.access import deputies
from zhike.foundation.access.deciding import require_other
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import finding, stepping
from zhike.foundation.approvals.events import SignerActed
from zhike.foundation.approvals.flow import Flow
from zhike.foundation.approvals.models import Approval, ApprovalSigner, ApprovalStep
from zhike.foundation.approvals.models import SignerState as Signed
from zhike.foundation.approvals.policy import ApprovalPolicy
from zhike.foundation.approvals.refusing import ONE_KIND, TOO_MANY, NotOffered, NotYours, SignedBefore
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal

Answers = Mapping[str, str] | None


@transaction.atomic
def approve(
    *, viewer: Viewer, uid: UUID, version: int | None = None, words: str = "", answers: Answers = None
) -> Approval:
    """Say yes in the step that is open. The last yes lets the room act, as the viewer, in this transaction.

    Raises: NotFound, DecidedBefore, Stale, OwnWork, NotYours, SignedBefore, Invalid, and what the room refuses.
    """
    return _say(viewer, uid, version, Signed.APPROVED, words, answers)


@transaction.atomic
def reject(
    *, viewer: Viewer, uid: UUID, version: int | None = None, words: str, answers: Answers = None
) -> Approval:  # fmt: skip
    """Say no, with a reason: the approval ends. Raises: as :func:`approve`, NotOffered."""
    return _say(viewer, uid, version, Signed.REJECTED, words, answers)


@transaction.atomic
def send_back(
    *, viewer: Viewer, uid: UUID, version: int | None = None, words: str, answers: Answers = None
) -> Approval:  # fmt: skip
    """Give it back to its author with a reason; handed in again it is a new round. Raises: as :func:`reject`."""
    return _say(viewer, uid, version, Signed.RETURNED, words, answers)


def _say(
    viewer: Viewer, uid: UUID, version: int | None, verdict: str, words: str, answers: Answers
) -> Approval:  # fmt: skip
    viewer = acting(viewer, uid)
    with deputies.acting(viewer):
        return _decide(viewer, uid, version, verdict, words, answers)


def acting(viewer: Viewer, uid: UUID) -> Viewer:
    """Who decides: the viewer, or the viewer on behalf of who is away, where that is why they are asked."""
    mine = ApprovalSigner.objects.filter(approval__uid=uid, person=viewer.person_id)
    found = mine.order_by(F("stands_in_for").asc(nulls_first=True), "-id").first() if viewer.person_id else None
    if found is None or found.stands_in_for_id == viewer.acts_for:
        return viewer
    if found.stands_in_for_id is None:
        person = Person.objects.select_related("department").get(pk=viewer.person_id)
        return viewer_of(person, address=viewer.address)
    away = found.stands_in_for_id
    return deputies.viewer_on_behalf(viewer.person_id, away, address=viewer.address) or viewer


def _decide(
    viewer: Viewer, uid: UUID, version: int | None, verdict: str, words: str, answers: Answers
) -> Approval:  # fmt: skip
    approval, flow, row = stepping.held(viewer, uid, version)
    if verdict != Signed.APPROVED and verdict not in flow.verdicts:
        raise NotOffered()
    require_other(viewer, approval.author_id, *flow.authors(row))
    _verdict, step = stepping.current(approval)
    signer = signer_for(viewer, approval, flow, step)
    given = _checked(approval, flow, signer.step, verdict, words, answers)
    signer.state, signer.words, signer.answers, signer.acted_at = verdict, words.strip(), given, clock.now()
    signer.save(update_fields=["state", "words", "answers", "acted_at"])
    stepping.settle_other(approval, signer)
    outbox.publish(
        SignerActed(
            **stepping.about(approval), approval_signer_id=signer.pk, person_id=viewer.person_id, verdict=verdict
        )
    )
    stepping.noted(viewer, approval, str(verdict), reason=words, step=signer.step.code)
    stepping.save(approval)
    stepping.advance(viewer, approval, flow, row, words.strip())
    return approval


def signer_for(viewer: Viewer, approval: Approval, flow: Flow, step: ApprovalStep | None) -> ApprovalSigner:
    """The viewer's place in the open step. Who came to a post of the step later takes a place now, if one is enough.

    Rights are asked again: a post may have been taken since. Raises: NotYours, SignedBefore.
    """
    if step is None or viewer.person_id is None:
        raise NotYours()
    own = list(step.signers.filter(person=viewer.person_id))
    declared = stepping.step_of(approval, flow, step)
    found = next((signer for signer in own if signer.state == Signed.OPEN), None)
    if found is not None:
        if found.stands_in_for_id != viewer.acts_for and found.stands_in_for_id is not None:
            raise NotYours()
        by_fallback = declared if step.way == "declared" else None
        level = flow.level if declared is not None else Level.BASIC
        if not viewer.may(flow.area, level) or not finding.may_decide(flow, by_fallback, viewer):
            raise NotYours()
        return found
    if any(signer.state == Signed.APPROVED for signer in own):
        raise SignedBefore()
    has_passed_on = any(signer.state == Signed.DELEGATED for signer in own)
    if declared is None or has_passed_on or not stepping.may_join(viewer, approval, flow, step, declared):
        raise NotYours()
    return ApprovalSigner.objects.create(approval=approval, step=step, person_id=viewer.person_id, due_at=step.due_at)


def _checked(
    approval: Approval, flow: Flow, step: ApprovalStep, verdict: str, words: str, answers: Answers
) -> dict[str, str]:  # fmt: skip
    """The answers that the step asks for. A no has to say why."""
    declared = stepping.step_of(approval, flow, step)
    asks = declared.asks if declared is not None else ()
    given = {ask.code: str((answers or {}).get(ask.code) or "").strip()[: ask.max_length] for ask in asks}
    problems: dict[str, str] = {code: "required" for code, text in given.items() if not text}
    if verdict != Signed.APPROVED and not words.strip():
        problems["words"] = "required"
    if problems:
        raise Invalid(fields=problems)
    return given


@dataclass(frozen=True)
class Many:
    """What came of deciding on several: how many were approved, and why the others were not, by uid."""

    approved: int
    refused: Mapping[UUID, Refusal]


def approve_many(*, viewer: Viewer, uids: Sequence[UUID], words: str = "") -> Many:
    """Say yes to several of one kind, each in a transaction of its own: one refusal stops no other.

    Raises: Invalid (more than the policy allows, or of several kinds).
    """
    most = policies.current().get(ApprovalPolicy).at_once_max
    wanted = list(dict.fromkeys(uids))
    kinds = set(Approval.objects.filter(uid__in=wanted).values_list("flow", flat=True))
    if len(wanted) > most or len(kinds) > 1:
        raise Invalid(fields={"uids": TOO_MANY if len(wanted) > most else ONE_KIND})
    approved, refused = 0, {}
    for uid in wanted:
        try:
            approve(viewer=viewer, uid=uid, words=words)
            approved += 1
        except Refusal as refusal:
            refused[uid] = refusal
    return Many(approved, refused)
