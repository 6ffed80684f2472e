"""What the customer does in the portal: comments on the criteria, signs passed or not yet (ONB-04)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import contact_cards, own_values
from zhike.events.onboard import AcceptanceCommented
from zhike.foundation import audit, messages, outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from zhike.foundation.obligations import require_open
from zhike.foundation.records.rows import locked, noted
from zhike.onboard.models import AcceptanceComment, AcceptanceRound, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.rules.acceptance import acceptance_text, criteria_lines, digest, is_own_name
from zhike.onboard.services.acceptance import NotInAcceptance, round_close

LONGEST = 4000


class CriteriaChanged(Refusal):
    """The criteria, the environment or the round are not those that the customer read."""

    code = "criteria_changed"
    sentence = _("What is to be accepted was changed while you were reading. Read it again, then sign.")


@dataclass(frozen=True)
class _Signer:
    """Somebody of the customer: ``subject`` is under whose key the vault keeps the values."""

    contact_id: int | None
    subject: UUID
    masked_name: str


def text_for(project: Project) -> str:
    """What the next signature of this project stands under."""
    number = project.rounds.count() + 1
    return acceptance_text(
        title=project.title, number=number, criteria=project.criteria, environment=project.test_environment
    )


@transaction.atomic
def acceptance_comment(
    *, viewer: Viewer, uid: UUID, customer_id: int, contact_id: int | None, seen: str, text: str, criterion: int = 0
) -> AcceptanceComment:
    """Write about criterion number ``criterion`` (from 1; 0 is all of it), for the implementation manager to read.

    Raises: Forbidden (only the portal does this), NotFound, Invalid, CriteriaChanged, NotInAcceptance.
    """
    project, signer = _project_of(viewer, uid, customer_id, contact_id)
    if project.state not in (ProjectState.TESTING, ProjectState.RECTIFYING):
        raise NotInAcceptance(state=project.state)
    if digest(text_for(project)) != seen:
        raise CriteriaChanged
    lines = ["", *criteria_lines(project.criteria)]
    if not 0 <= criterion < len(lines):
        raise Invalid(fields={"criterion": "not_an_option"})
    _require_text(text, "text")
    comment = AcceptanceComment.objects.create(
        project=project, number=project.rounds.count() + 1, criterion=lines[criterion], text=text.strip(),
        contact_id=signer.contact_id, name=signer.masked_name,
    )  # fmt: skip
    noted(viewer, project, "acceptance.comment", comment_id=comment.pk, criterion=criterion)
    happened = AcceptanceCommented(
        customer_id=customer_id, project_id=project.pk, project_uid=str(uid), comment_id=comment.pk,
        round=comment.number,
    )  # fmt: skip
    outbox.publish(happened)
    _tell({project.owner_id, project.implementation_manager_id}, "acceptance.commented", project, signer, happened.uid)
    return comment


@transaction.atomic
def acceptance_sign(
    *, viewer: Viewer, uid: UUID, customer_id: int, contact_id: int | None, seen: str, outcome: str, signed_name: str,
    reasons: str = "",
) -> AcceptanceRound:  # fmt: skip
    """Sign the text whose digest is ``seen``: passed, or not yet for ``reasons``. Whoever comes second is refused.

    ``signed_name`` is the signer's own full name; kept are its masked form with the signature, and the whole of it
    sealed in the audit log.
    Raises: Forbidden (only the portal does this), NotFound (of another customer), Invalid, CriteriaChanged,
    NotInAcceptance, GateClosed.
    """
    project, signer = _project_of(viewer, uid, customer_id, contact_id)
    if project.state != ProjectState.TESTING:
        raise NotInAcceptance(state=project.state)
    require_open("ONB-04", project=project)
    text = text_for(project)
    if digest(text) != seen:
        raise CriteriaChanged
    _refuse_faults(outcome, signed_name, reasons, signer)
    signed = round_close(
        viewer, project, outcome=outcome, comments=reasons, tested_on=clock.today(), signed_on=clock.today(),
        signed_at=clock.now(), signer_id=signer.contact_id, signed_as=signer.masked_name, text=text,
        text_digest=digest(text, outcome, reasons.strip()),
    )  # fmt: skip
    audit.record(
        viewer, "acceptance.sign", kind="project", object_id=project.pk, object_uid=project.uid,
        after={"round": signed.number, "outcome": outcome, "text_digest": signed.text_digest},
        personal={signer.subject: {"before": {}, "after": {"name": signed_name.strip()}}},
    )  # fmt: skip
    people = {project.owner_id, project.implementation_manager_id, project.sales_lead_id}
    code = "acceptance.signed" if outcome == "passed" else "acceptance.not_yet"
    _tell(people, code, project, signer, f"{project.uid}#{signed.number}")
    return signed


def _project_of(viewer: Viewer, uid: UUID, customer_id: int, contact_id: int | None) -> tuple[Project, _Signer]:
    """The customer's own project, locked, and who of the customer acts. Raises: Forbidden, NotFound."""
    if not viewer.is_system:
        raise Forbidden(area="deals", level="edit")
    project = locked(viewer, Project, uid, None)
    if project.customer_id != customer_id:
        raise NotFound(uid=str(uid))
    if contact_id is None and project.customer.kind == "person":
        return project, _Signer(None, project.customer.uid, project.customer.name)
    card = next((one for one in contact_cards(customer_id) if one.id == contact_id), None)
    if card is None:
        raise NotFound(uid=str(uid))
    return project, _Signer(card.id, card.uid, card.name)


def _refuse_faults(outcome: str, signed_name: str, reasons: str, signer: _Signer) -> None:
    problems: dict[str, str] = {}
    if outcome not in ("passed", "failed"):
        problems["outcome"] = "not_an_option"
    if not is_own_name(signed_name, own_values(signer.subject).get("name", "")):
        problems["signed_name"] = _("Sign with your full name as it stands under “My data”.")
    if outcome == "failed" and not reasons.strip():
        problems["reasons"] = _("Say what does not work yet, so that it can be rectified.")
    if len(reasons) > LONGEST:
        problems["reasons"] = "too_long"
    if problems:
        raise Invalid(fields=problems)


def _require_text(text: str, field: str) -> None:
    if not text.strip():
        raise Invalid(fields={field: "required"})
    if len(text) > LONGEST:
        raise Invalid(fields={field: "too_long"})


def _tell(people: set[int | None], code: str, project: Project, signer: _Signer, about: object) -> None:
    words = {"title": project.title, "name": signer.masked_name}
    messages.tell(people, code, words, link=f"/projects/{project.uid}/", about=str(about))
