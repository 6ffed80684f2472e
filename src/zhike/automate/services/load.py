"""Rules that come from elsewhere: the sample company's. They are put in force as their owner would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from zhike.automate import listening
from zhike.automate.models import Rule
from zhike.automate.rules.definition import Definition, to_json
from zhike.automate.services import checking
from zhike.automate.services.rule import published
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden, Invalid
from zhike.foundation.records.rows import noted


@dataclass(frozen=True)
class RuleRow:
    """One rule: its name, what it says, who owns it, whether it is on."""

    name: str
    note: str
    definition: Definition
    owner_id: int
    is_on: bool = False


@transaction.atomic
def rules_load(*, viewer: Viewer, given: Sequence[RuleRow], origin: str) -> int:
    """Write rules with the rights of their owners; how many. Raises: Forbidden (only the system loads), Invalid."""
    if not viewer.is_system:
        raise Forbidden(area="automation", level="load")
    for row in given:
        owner = viewer_of(Person.objects.select_related("department").get(pk=row.owner_id))
        if problems := checking.problems_of(owner, row.definition):
            raise Invalid(fields=problems)
        rule = Rule(
            name=row.name, note=row.note, kind=row.definition.kind, event=row.definition.event,
            subject=row.definition.subject, draft=to_json(row.definition), origin=origin, owner_id=row.owner_id,
            department_id=owner.department_id,
        )  # fmt: skip
        rule.save(force_insert=True)
        if row.is_on:
            published(owner, rule, row.definition)
            rule.save()
        noted(viewer, rule, "rule.create", name=rule.name, origin=origin)
    transaction.on_commit(listening.forget)
    return len(given)
