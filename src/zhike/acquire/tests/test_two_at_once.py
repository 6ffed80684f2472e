"""Two at the same moment, and the index behind the queue; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from zhike.acquire.models import Lead
from zhike.acquire.services.holding import lead_claim
from zhike.acquire.services.refusals import LeadTaken
from zhike.acquire.tests.intake import asked
from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.kit.refusals import NotFound, Stale


@pytest.fixture
def committed(transactional_db: None) -> Office:
    return opened()


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed returned or raised, all begun at the same moment."""
    outcomes: list[Any] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            outcomes.append(deed())
        except Exception as trouble:  # noqa: BLE001 - every outcome is looked at below
            outcomes.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_of_two_who_claim_the_same_lead_one_gets_it(committed: Office) -> None:
    lead = asked(committed.viewer("market"))
    viewers = [committed.viewer(name) for name in ("seller one", "other one")]

    outcomes = together(
        *(lambda viewer=viewer: lead_claim(viewer=viewer, uid=lead.uid, version=lead.version) for viewer in viewers)
    )

    won = [one for one in outcomes if isinstance(one, Lead)]
    assert len(won) == 1, outcomes
    assert all(isinstance(one, Lead | LeadTaken | NotFound | Stale) for one in outcomes), outcomes
    lead.refresh_from_db()
    assert lead.owner_id == won[0].owner_id == lead.customer.owner_id


def test_of_two_inquiries_of_one_firm_at_the_same_moment_one_joins_the_other(committed: Office) -> None:
    viewers = [committed.viewer("market"), committed.viewer("seller one")]

    outcomes = together(*(lambda viewer=viewer: asked(viewer, name="嘉善联众纸业") for viewer in viewers))

    assert all(isinstance(one, Lead) for one in outcomes), outcomes
    assert Customer.objects.count() == 1
    assert Lead.objects.get().inquiries == 2


@pytest.mark.django_db
@pytest.mark.requirement("ACQ-05", proof="rule")
def test_the_queue_is_one_walk_along_an_index() -> None:
    rows = Lead.objects.filter(deleted_at=None).order_by("queue_key", "id").values_list("id")[:50]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.explain()

    assert "lead_queue" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
