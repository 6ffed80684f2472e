"""Leads as history: from a sample or an import. Nothing of it counts as an inquiry of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN, Channel
from zhike.acquire.policy import ProgressPolicy
from zhike.acquire.services import grading, rows
from zhike.customers.public import Line, contacts_listed, timeline_add, timeline_forget
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import facts_remove
from zhike.foundation.kit import clock
from zhike.foundation.policies import current

_CHUNK = 500


class LeadRow(NamedTuple):
    """One lead; ``customer`` and ``owner`` are database ids. At most one open lead a customer."""

    external_id: str
    customer: int
    owner: int | None
    state: str
    need: str
    urgency: str
    source: str
    inquiries: int
    created_at: dt.datetime
    touched_at: dt.datetime


def leads_load(*, viewer: Viewer, rows: Sequence[LeadRow], origin: str) -> int:
    """Load leads, graded by the rule in force, with a line each on the timeline; returns how many.

    Raises: Forbidden.
    """
    viewer.require(Area.LEADS, Level.EDIT)
    for start in range(0, len(rows), _CHUNK):
        _load_chunk(viewer, rows[start : start + _CHUNK], origin)
    return len(rows)


@transaction.atomic
def leads_take(*, viewer: Viewer, rows: Sequence[LeadRow], origin: str) -> list[int]:
    """The same for a piece of a file, in one transaction: the database ids of the leads in order. Raises: Forbidden."""
    viewer.require(Area.LEADS, Level.EDIT)
    return [lead.pk for lead in _load_chunk(viewer, rows, origin)]


@transaction.atomic
def leads_remove(*, viewer: Viewer, pks: Sequence[int]) -> None:
    """Take loaded leads back, with their lines on the timeline. Raises: Forbidden."""
    facts_remove(viewer=viewer, model=Lead, area=Area.LEADS, pks=pks)
    told = list(Lead._base_manager.filter(pk__in=list(pks)).values_list("customer_id", "uid"))
    timeline_forget([customer for customer, _uid in told], [uid for _customer, uid in told])


def has_open_lead(customer_ids: Collection[int]) -> set[int]:
    """Those of the customers who have an open lead: each may have one."""
    rows = Lead.objects.filter(customer_id__in=customer_ids, state__in=OPEN, deleted_at=None)
    return set(rows.values_list("customer_id", flat=True))


@transaction.atomic
def _load_chunk(viewer: Viewer, chunk: Sequence[LeadRow], origin: str) -> list[Lead]:
    leads = [_lead(viewer, row, origin) for row in chunk]
    Lead.objects.bulk_create(leads)
    batch = [(lead.pk, audit.digest_of({"customer_id": lead.customer_id, "state": lead.state})) for lead in leads]
    audit.record(viewer, "lead.load", kind="lead", object_id=None, object_uid=None, batch=batch)
    timeline_add(
        [
            Line(
                lead.customer_id, lead.created_at, "leads", "lead.taken",
                {"need": lead.need, "grade": lead.grade, "channel": lead.channel, "inquiries": 1},
                lead.owner_id, "leads", lead.uid, is_contact=True,
            )
            for lead in leads
        ]
    )  # fmt: skip
    return leads


def _lead(viewer: Viewer, row: LeadRow, origin: str) -> Lead:
    was_contacted = row.state in ("contacted", "followed", "converted")
    lead = Lead(
        external_id=row.external_id, customer_id=row.customer, state=row.state, need=row.need, urgency=row.urgency,
        source=row.source, channel=Channel.FORM, inquiries=row.inquiries, created_at=row.created_at,
        last_inquiry_at=row.created_at, touched_at=row.touched_at, updated_at=row.touched_at, origin=origin,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
        contacted_at=row.touched_at if was_contacted else None, is_go=True if was_contacted else None,
        contact_channel="call" if was_contacted else "", closed_at=None if row.state in OPEN else row.touched_at,
        drop_reason="no_need" if row.state == "dropped" else "",
    )  # fmt: skip
    lead.contact_id = next((contact.id for contact in contacts_listed(viewer, row.customer)), None)
    rows.owned_by(lead, row.owner)
    grading.graded(lead)
    quiet_since = clock.now() - dt.timedelta(days=current().get(ProgressPolicy).quiet_days)
    lead.is_quiet = lead.state in OPEN and lead.touched_at <= quiet_since
    return lead
