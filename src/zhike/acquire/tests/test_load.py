"""Leads as history: graded and listed, but nothing of them is news."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.acquire.models import Lead
from zhike.acquire.public import LeadRow, leads_load
from zhike.acquire.tests.intake import FITS
from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Office
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.outbox.models import EventRow

pytestmark = pytest.mark.django_db


def test_loaded_leads_are_graded_and_stand_on_the_timeline_without_an_event(office: Office) -> None:
    fits, other = office.firm("seller one", **FITS), office.firm("seller two")
    at = clock.now() - dt.timedelta(days=3)
    seller = office.person("seller one")
    before = EventRow.objects.count()

    count = leads_load(
        viewer=system("test"),
        rows=[
            LeadRow("S1", fits.pk, seller, "followed", "需要40套席位", "month", "search", 1, at, at),
            LeadRow("S2", other.pk, None, "new", "询价", "later", "referral", 2, at, at),
        ],
        origin="sample",
    )

    assert count == 2
    leads = list(Lead.objects.order_by("id"))
    assert [(lead.grade, lead.owner_id, lead.origin) for lead in leads] == [
        ("A", seller, "sample"),
        ("C", None, "sample"),
    ]
    assert (leads[0].is_go, leads[0].department_id) == (True, office.departments["one"].pk)
    assert TimelineEntry.objects.filter(kind="lead.taken").count() == 2
    assert EventRow.objects.count() == before
