"""The formal hand-over (关系移交): offered after acceptance, answered by the receiver, who then owns the customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from zhike.customers.public import customer_take_over
from zhike.events.onboard import HandOverAccepted, HandOverDeclined, HandOverOffered, HandOverWithdrawn
from zhike.foundation import messages, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Refusal
from zhike.foundation.obligations import gate, require_open
from zhike.foundation.records.rows import given_to, locked, noted, saved
from zhike.onboard import words
from zhike.onboard.models import HandOver, Project
from zhike.onboard.models.hand_over import HandOverState
from zhike.onboard.models.project import ProjectState
from zhike.onboard.rules.delivery import missing_for_hand_over
from zhike.onboard.services.project import require_not_ended

# Who may offer a customer, and who may take one over.
GIVERS = ("sales_specialist", "sales_consultant", "sales_lead", "customer_manager", "implementation_manager")
RECEIVERS = ("success_manager", "service_representative", "customer_manager")


class HandOverAnswered(Refusal):
    """Somebody has answered, or another offer stands."""

    code = "hand_over_answered"
    sentence = _("This hand-over is answered already. Reload the page to see what was decided.")


class HandOverStands(Refusal):
    """The customer is offered to somebody already."""

    code = "hand_over_stands"
    sentence = _("This customer is offered to somebody already. Wait for the answer, or withdraw the offer.")


@gate("B-33", title=gettext_lazy("Hand-over of the customer"))
def _hand_over_gate(*, project: Project) -> list[str]:
    return [words.MISSING[code] for code in missing_for_hand_over(state=project.state)]


@transaction.atomic
def hand_over_offer(
    *, viewer: Viewer, uid: UUID, version: int, receiver: int, history: str, needs_background: str, goals: str
) -> Project:
    """Ask somebody of customer success or service to take the customer over; the project's uid and version are given.

    Raises: Forbidden, NotFound, Stale, Invalid, ProjectOver, GateClosed (acceptance has not passed), HandOverStands.
    """
    _require_giver(viewer)
    project = locked(viewer, Project, uid, version)
    if project.state == ProjectState.HANDED_OVER:
        raise HandOverAnswered(state=project.state)
    require_not_ended(project)
    require_open("B-33", project=project)
    given = {"history": history.strip(), "needs_background": needs_background.strip(), "goals": goals.strip()}
    problems = {name: "required" for name, text in given.items() if not text}
    if receiver not in {person.pk for post in RECEIVERS for person in holders_of(post)}:
        problems["receiver"] = _("Choose somebody of customer success or service.")
    if problems:
        raise Invalid(fields=problems)
    if project.hand_overs.filter(state=HandOverState.OFFERED).exists():
        raise HandOverStands(project=str(project.uid))
    form = HandOver(
        customer_id=project.customer_id, project=project, offered_by_id=viewer.person_id,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id, **given,
    )  # fmt: skip
    given_to(form, receiver)
    form.save(force_insert=True)
    noted(viewer, form, "hand_over.offer", project_id=project.pk, receiver_id=receiver)
    happened = HandOverOffered(**_facts(form, viewer), receiver_id=receiver)
    outbox.publish(happened)
    _tell(viewer, form, "hand_over.offered", [receiver], str(happened.uid))
    saved(viewer, project, "project.offer", hand_over_id=form.pk)
    return project


@transaction.atomic
def hand_over_accept(*, viewer: Viewer, uid: UUID, version: int) -> HandOver:
    """Take the customer over: the receiver becomes the owner. Raises: Forbidden, NotFound, Stale, HandOverAnswered."""
    form = _asked(viewer, uid, version)
    form.state, form.answered_at = HandOverState.ACCEPTED, clock.now()
    saved(viewer, form, "hand_over.accept", customer_id=form.customer_id)
    project = Project.objects.select_for_update(of=("self",)).get(pk=form.project_id)
    project.state = ProjectState.HANDED_OVER
    saved(viewer, project, "project.hand_over", hand_over_id=form.pk)
    # First the news, then the new owner: the duty is done by who owed it.
    happened = HandOverAccepted(**_facts(form, viewer), receiver_id=form.owner_id or 0)
    outbox.publish(happened)
    customer_take_over(viewer=viewer, customer_id=form.customer_id, reason=f"hand-over {form.uid}")
    _tell(viewer, form, "hand_over.accepted", [form.offered_by_id, project.sales_lead_id], str(happened.uid))
    return form


@transaction.atomic
def hand_over_decline(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> HandOver:
    """Send the customer back with a reason; the project can be offered anew.

    Raises: Forbidden, NotFound, Stale, Invalid, HandOverAnswered.
    """
    form = _asked(viewer, uid, version)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    return _declined(viewer, form, reason, "hand_over.declined", [form.offered_by_id])


@transaction.atomic
def hand_over_withdraw(*, viewer: Viewer, uid: UUID, version: int, reason: str) -> HandOver:
    """Take an offer back that nobody has answered; the project can be offered anew.

    Raises: Forbidden, NotFound, Stale, Invalid, HandOverAnswered.
    """
    _require_giver(viewer)
    form = locked(viewer, HandOver, uid, version)
    if form.state != HandOverState.OFFERED:
        raise HandOverAnswered(state=form.state)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    form.state, form.answered_at, form.reason = HandOverState.WITHDRAWN, clock.now(), reason.strip()[:200]
    saved(viewer, form, "hand_over.withdraw", reason=reason)
    happened = HandOverWithdrawn(**_facts(form, viewer), reason=form.reason)
    outbox.publish(happened)
    _tell(viewer, form, "hand_over.withdrawn", [form.owner_id, form.offered_by_id], str(happened.uid))
    return form


def hand_overs_drop(viewer: Viewer, project: Project, reason: str) -> None:
    """Decline the offer that stands for a project that ended. Inside the caller's transaction."""
    for form in project.hand_overs.select_for_update(of=("self",)).filter(state=HandOverState.OFFERED):
        _declined(viewer, form, reason, "hand_over.ended", [form.owner_id, form.offered_by_id])


def _declined(viewer: Viewer, form: HandOver, reason: str, notice: str, people: list[int | None]) -> HandOver:
    form.state, form.answered_at, form.reason = HandOverState.DECLINED, clock.now(), reason.strip()[:200]
    saved(viewer, form, "hand_over.decline", reason=reason)
    happened = HandOverDeclined(**_facts(form, viewer), reason=form.reason)
    outbox.publish(happened)
    _tell(viewer, form, notice, people, str(happened.uid))
    return form


def _require_giver(viewer: Viewer) -> None:
    viewer.require(Area.DEALS, Level.EDIT)
    if not viewer.is_system and not viewer.holds(*GIVERS):
        raise Forbidden(area=str(Area.DEALS), level=str(Level.EDIT))


def _asked(viewer: Viewer, uid: UUID, version: int) -> HandOver:
    """The form, if the viewer is who was asked. Others who see it may not answer in the receiver's place."""
    viewer.require(Area.PROFILE, Level.EDIT)
    form = locked(viewer, HandOver, uid, version)
    if viewer.person_id is None or form.owner_id != viewer.person_id:
        raise Forbidden(area=str(Area.PROFILE), level=str(Level.EDIT))
    if form.state != HandOverState.OFFERED:
        raise HandOverAnswered(state=form.state)
    return form


def _facts(form: HandOver, viewer: Viewer) -> dict[str, Any]:
    return {
        "customer_id": form.customer_id, "project_id": form.project_id, "hand_over_id": form.pk,
        "hand_over_uid": str(form.uid), "person_id": viewer.person_id,
    }  # fmt: skip


def _tell(viewer: Viewer, form: HandOver, code: str, people: list[int | None], about: str) -> None:
    words_of = {
        "title": form.project.title, "by": viewer.name, "reason": form.reason,
        "receiver": Person.objects.values_list("name", flat=True).get(pk=form.owner_id) if form.owner_id else "",
    }  # fmt: skip
    link = f"/hand-overs/{form.uid}/"
    messages.tell({*people} - {viewer.person_id}, code, words_of, link=link, about=about)
