"""Acceptance: criteria and environment, tests with the customer's comments, rectified until passed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from zhike.customers.public import contact_cards
from zhike.events.onboard import AcceptanceFailed, AcceptancePassed, AcceptancePrepared, AcceptanceRectified
from zhike.foundation import outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.obligations import gate, require_open
from zhike.foundation.records.rows import locked, saved
from zhike.onboard import words
from zhike.onboard.models import AcceptanceRound, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.rules.delivery import missing_for_test
from zhike.onboard.services.project import facts_of, require_deliverer

_TESTABLE = (ProjectState.DELIVERING, ProjectState.TESTING, ProjectState.RECTIFYING)


class NotInAcceptance(Refusal):
    """The project does not wait for this step of the acceptance."""

    code = "not_in_acceptance"
    sentence = _("This step of the acceptance is not due. Reload the page to see where the project stands.")


@gate("ONB-04", title=gettext_lazy("Acceptance test"))
def _test_gate(*, project: Project) -> list[str]:
    missing = missing_for_test(
        state=project.state, has_criteria=bool(project.criteria), has_environment=bool(project.test_environment)
    )
    return [words.MISSING[code] for code in missing]


@transaction.atomic
def acceptance_prepare(*, viewer: Viewer, uid: UUID, version: int, criteria: str, test_environment: str) -> Project:
    """Give the customer criteria and a test environment.

    Raises: Forbidden, NotFound, Stale, Invalid, NotInAcceptance.
    """
    require_deliverer(viewer)
    project = locked(viewer, Project, uid, version)
    if project.state not in _TESTABLE:
        raise NotInAcceptance(state=project.state)
    given = {"criteria": criteria.strip(), "test_environment": test_environment.strip()}
    if problems := {name: "required" for name, text in given.items() if not text}:
        raise Invalid(fields=problems)
    project.criteria, project.test_environment = given["criteria"], given["test_environment"]
    if project.state == ProjectState.DELIVERING:
        project.state = ProjectState.TESTING
    saved(viewer, project, "acceptance.prepare", **given)
    outbox.publish(AcceptancePrepared(**facts_of(project, viewer)))
    return project


@transaction.atomic
def acceptance_test(
    *, viewer: Viewer, uid: UUID, version: int, outcome: str, tested_on: dt.date, comments: str = "", signer: str = "",
    signed_on: dt.date | None = None,
) -> Project:  # fmt: skip
    """Record a test. Failed needs the customer's comments; passed needs who signed for the customer, and when.

    Raises: Forbidden, NotFound, Stale, Invalid, GateClosed (nothing to test by, or not rectified), NotInAcceptance.
    """
    require_deliverer(viewer)
    project = locked(viewer, Project, uid, version)
    if project.state in (ProjectState.ACCEPTED, ProjectState.HANDED_OVER, ProjectState.ENDED):
        raise NotInAcceptance(state=project.state)
    require_open("ONB-04", project=project)
    signers = {str(card.uid): card.id for card in contact_cards(project.customer_id)}
    is_person = project.customer.kind == "person"
    _refuse_faults(outcome, tested_on, comments, signer in signers or is_person, signed_on)
    is_passed = outcome == "passed"
    round_close(
        viewer, project, outcome=outcome, comments=comments, tested_on=tested_on, by_id=viewer.person_id,
        signer_id=signers.get(signer) if is_passed else None, signed_on=signed_on if is_passed else None,
    )  # fmt: skip
    return project


def round_close(
    viewer: Viewer, project: Project, *, outcome: str, comments: str, signed_on: dt.date | None, **given: Any
) -> AcceptanceRound:
    """Write a test down and move the locked project on, whoever it comes from; inside the caller's transaction."""
    is_passed, number = outcome == "passed", project.rounds.count() + 1
    made = AcceptanceRound.objects.create(
        project=project, number=number, outcome=outcome, comments=comments.strip(), signed_on=signed_on, **given
    )
    project.state = ProjectState.ACCEPTED if is_passed else ProjectState.RECTIFYING
    project.accepted_on = signed_on if is_passed else None
    saved(viewer, project, "acceptance.test", round=number, outcome=outcome, tested_on=made.tested_on)
    facts = {**facts_of(project, viewer), "round": number, "is_in_portal": made.signed_at is not None}
    if is_passed and signed_on is not None:
        outbox.publish(AcceptancePassed(**facts, accepted_on=signed_on))
    else:
        implementer = project.implementation_manager_id
        outbox.publish(AcceptanceFailed(**facts, implementation_manager_id=implementer))
    return made


@transaction.atomic
def acceptance_rectify(*, viewer: Viewer, uid: UUID, version: int, rectification: str) -> Project:
    """Note what was mended after a failed test: it can be tested again.

    Raises: Forbidden, NotFound, Stale, Invalid, NotInAcceptance.
    """
    require_deliverer(viewer)
    project = locked(viewer, Project, uid, version)
    if project.state != ProjectState.RECTIFYING:
        raise NotInAcceptance(state=project.state)
    if not rectification.strip():
        raise Invalid(fields={"rectification": "required"})
    last = project.rounds.order_by("-number")[0]
    last.rectification, last.rectified_on = rectification.strip(), clock.today()
    last.save(update_fields=["rectification", "rectified_on"])
    project.state = ProjectState.TESTING
    saved(viewer, project, "acceptance.rectify", round=last.number)
    outbox.publish(AcceptanceRectified(**facts_of(project, viewer), round=last.number))
    return project


def _refuse_faults(
    outcome: str, tested_on: dt.date, comments: str, has_signer: bool, signed_on: dt.date | None
) -> None:
    """Raise Invalid naming each field that cannot be accepted."""
    problems = {}
    if outcome not in ("passed", "failed"):
        problems["outcome"] = "not_an_option"
    if tested_on > clock.today():
        problems["tested_on"] = "in_future"
    if outcome == "failed" and not comments.strip():
        problems["comments"] = "required"
    if outcome == "passed":
        if not has_signer:
            problems["signer"] = "required"
        if signed_on is None:
            problems["signed_on"] = "required"
        elif signed_on > clock.today():
            problems["signed_on"] = "in_future"
    if problems:
        raise Invalid(fields=problems)
