"""One contact with the customer, one entry; entries are added, never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.customers.models import Contact, Customer, Interaction
from zhike.customers.models.interaction import InteractionKind
from zhike.customers.services.timeline import Line, timeline_add, timeline_forget
from zhike.events.customers import InteractionLogged
from zhike.foundation import audit, outbox
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import facts_insert, facts_remove
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid

NEXT_ACTION_MAX = Interaction._meta.get_field("next_action").max_length or 0
MENTIONS = ("competitor", "price", "slow_response", "budget_cut", "reorganisation")


@transaction.atomic
def interaction_log(
    *,
    viewer: Viewer,
    customer_uid: UUID,
    kind: str,
    feedback: str = "",
    change_in_needs: str = "",
    next_action: str = "",
    next_on: dt.date | None = None,
    direction: str = "out",
    at: dt.datetime | None = None,
    contact_uid: UUID | None = None,
    mentions: str = "",
) -> Interaction:
    """Write down a call, visit, message or note. A future time is refused: it has not happened yet.

    Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.TIMELINE, Level.EDIT)
    # Held: what hears of the talk changes records of the customer.
    customer = scope.one(viewer, Customer.objects.select_for_update(of=("self",), no_key=True), uid=customer_uid)
    at = at or clock.now()
    said = (feedback.strip(), change_in_needs.strip(), next_action.strip())
    _refuse_faults(kind, direction, mentions, at, said)
    contact = scope.one(viewer, Contact.objects.filter(customer=customer), uid=contact_uid) if contact_uid else None
    interaction = Interaction.objects.create(
        customer=customer, contact=contact, kind=kind, direction=direction, at=at, feedback=said[0],
        change_in_needs=said[1], next_action=said[2], next_on=next_on, mentions=mentions,
        owner_id=viewer.person_id, department_id=viewer.department_id,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
    )  # fmt: skip
    audit.record(
        viewer, "interaction.log", kind="interaction", object_id=interaction.pk, object_uid=interaction.uid,
        after={"customer_id": customer.pk, "kind": kind, "direction": direction},
    )  # fmt: skip
    outbox.publish(
        InteractionLogged(
            customer_id=customer.pk,
            interaction_id=interaction.pk,
            interaction_uid=str(interaction.uid),
            made_at=at,
            kind=kind,
            direction=direction,
            person_id=viewer.person_id,
            mentions=mentions,
        )
    )
    return interaction


def _refuse_faults(kind: str, direction: str, mentions: str, at: dt.datetime, said: tuple[str, str, str]) -> None:
    """Raise Invalid naming each field that cannot be accepted."""
    problems = {}
    if kind not in InteractionKind.values:
        problems["kind"] = "not_an_option"
    if not any(said):
        problems["feedback"] = "required"
    if at > clock.now() + dt.timedelta(minutes=1):
        problems["at"] = "in_future"
    if len(said[2]) > NEXT_ACTION_MAX:
        problems["next_action"] = "too_long"
    if direction not in ("in", "out"):
        problems["direction"] = "not_an_option"
    if mentions and mentions not in MENTIONS:
        problems["mentions"] = "not_an_option"
    if problems:
        raise Invalid(fields=problems)


@transaction.atomic
def interactions_take(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], origin: str) -> list[int]:
    """Load talks (values by column) with a line each on the timeline; returns their numbers. Raises: Forbidden."""
    taken = facts_insert(viewer=viewer, model=Interaction, area=Area.TIMELINE, rows=rows, origin=origin)
    timeline_add(
        [
            Line(
                row["customer_id"], row["at"], "timeline", "interaction",
                {"interaction_kind": row["kind"], "direction": row.get("direction", "out"),
                 "feedback": row.get("feedback", ""), "change_in_needs": row.get("change_in_needs", ""),
                 "next_action": row.get("next_action", ""),
                 "next_on": row["next_on"].isoformat() if row.get("next_on") else ""},
                row.get("owner_id"), "interactions", uid, is_contact=row["kind"] != "note",
            )
            for row, (_pk, uid) in zip(rows, taken, strict=True)
        ]
    )  # fmt: skip
    return [pk for pk, _uid in taken]


@transaction.atomic
def interactions_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded talks back, with their lines. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=Interaction, area=Area.TIMELINE, pks=pks)
    rows = list(Interaction._base_manager.filter(pk__in=list(pks)).values_list("customer_id", "uid"))
    timeline_forget([customer for customer, _uid in rows], [uid for _customer, uid in rows])
