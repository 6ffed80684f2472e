"""What a customer sees of the acceptance of their own projects. No names of staff beyond the service team."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from zhike.onboard.models import AcceptanceComment, AcceptanceRound, Project
from zhike.onboard.models.project import ProjectState
from zhike.onboard.plan import ProjectPlan
from zhike.onboard.rules.acceptance import criteria_lines, digest
from zhike.onboard.selectors import plans_of
from zhike.onboard.services.signature import text_for

_MOST = 200


@dataclass(frozen=True)
class Remark:
    """One comment of the customer's people; ``name`` is masked."""

    at: dt.datetime
    name: str
    text: str


@dataclass(frozen=True)
class Criterion:
    """One criterion by its number from 1, with what was written about it."""

    number: int
    words: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class SignedRound:
    """One test as it was recorded: the customer's reasons, what was rectified, and the signature."""

    number: int
    is_passed: bool
    outcome_words: str
    tested_on: dt.date
    comments: str
    rectification: str
    rectified_on: dt.date | None
    signed_as: str
    signed_at: dt.datetime | None
    signed_on: dt.date | None
    text_digest: str


@dataclass(frozen=True)
class Acceptance:
    """A project with everything its acceptance needs. ``seen`` is the digest of what a signature would stand under."""

    plan: ProjectPlan
    seen: str
    criteria: tuple[Criterion, ...]
    remarks: tuple[Remark, ...]
    rounds: tuple[SignedRound, ...]
    asks_signature: bool
    takes_remarks: bool


def acceptance_of(customer_id: int, uid: UUID) -> Acceptance | None:
    """The acceptance of a project of this customer; None when it is nobody's or another's."""
    project = Project.objects.filter(customer=customer_id, uid=uid, deleted_at=None).first()
    plan = next((one for one in plans_of(customer_id) if one.uid == uid), None)
    if project is None or plan is None:
        return None
    remarks: dict[str, list[Remark]] = {}
    for row in AcceptanceComment.objects.filter(project=project).order_by("id")[:_MOST]:
        remarks.setdefault(row.criterion, []).append(Remark(row.at, row.name, row.text))
    lines = criteria_lines(project.criteria)
    rest = [one for words, some in remarks.items() if words not in lines for one in some]
    return Acceptance(
        plan=plan, seen=digest(text_for(project)),
        criteria=tuple(
            Criterion(number, words, tuple(remarks.get(words, ()))) for number, words in enumerate(lines, 1)
        ),
        remarks=tuple(sorted(rest, key=lambda one: one.at)),
        rounds=tuple(_shown(row) for row in project.rounds.select_related("signer").order_by("-number")),
        asks_signature=project.state == ProjectState.TESTING,
        takes_remarks=project.state in (ProjectState.TESTING, ProjectState.RECTIFYING),
    )  # fmt: skip


def _shown(row: AcceptanceRound) -> SignedRound:
    return SignedRound(
        row.number, row.outcome == "passed", str(row.get_outcome_display()), row.tested_on, row.comments,
        row.rectification, row.rectified_on, row.signed_as or (row.signer.name if row.signer else ""), row.signed_at,
        row.signed_on, row.text_digest,
    )  # fmt: skip
