"""How a service comes by the row it writes: seen, locked, as the person read it, and in a state that allows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Record
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import rows
from zhike.retain.models import RetentionCase
from zhike.retain.rules.case import AFTER_END, may

R = TypeVar("R", bound=Record)


class CaseNotReady(Refusal):
    """The case is not where this step belongs: ``state`` says where it stands, ``step`` what was asked."""

    code = "case_not_ready"
    sentence = _("The case is not at this step now. Look at its page: the step that comes next is marked there.")


class CaseClosed(Refusal):
    """The customer was saved or lost meanwhile."""

    code = "case_closed"
    sentence = _("This case is closed already. Its page says how it ended.")


def case_for(viewer: Viewer, uid: UUID, version: int, step: str, *, level: Level = Level.EDIT) -> RetentionCase:
    """The case, locked. Raises: Forbidden, NotFound, Stale, CaseClosed, CaseNotReady."""
    viewer.require(Area.HEALTH, level)
    case = rows.locked(viewer, RetentionCase, uid, version)
    if not may(step, case.state):
        raise (CaseClosed if case.closed_at and step not in AFTER_END else CaseNotReady)(state=case.state, step=step)
    return case


def save(row: Record, viewer: Viewer) -> None:
    """Write a changed row: one version on, by whom and when."""
    rows.renewed(viewer, row)


def new(model: type[R], viewer: Viewer, **values: Any) -> R:
    """Write a new row of the viewer's."""
    mine = {"owner_id": viewer.person_id, "department_id": viewer.department_id}
    made: R = model._default_manager.create(
        **(mine | values), created_by_id=viewer.person_id, updated_by_id=viewer.person_id
    )
    return made


def noted(viewer: Viewer, action: str, case: RetentionCase, *, reason: str = "", **after: Any) -> None:
    """Write what was done to a case into the audit log."""
    audit.record(
        viewer, f"retention.{action}", kind="retention_case", object_id=case.pk, object_uid=case.uid,
        after={"customer_id": case.customer_id, "state": case.state} | after, reason=reason,
    )  # fmt: skip


def about(case: RetentionCase, viewer: Viewer) -> dict[str, Any]:
    """What every event about a case carries."""
    return {
        "customer_id": case.customer_id,
        "retention_case_id": case.pk,
        "case_uid": str(case.uid),
        "person_id": viewer.person_id,
    }


def acting(viewer: Viewer) -> Viewer:
    """The viewer, let through to the one customer whose case they have just been given.

    Who leads a case need not look after the customer, yet talks with it. Only for calls that name that customer.
    """
    return replace(viewer, reach=Reach(everything=True))
