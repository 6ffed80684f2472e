"""Two hundred claims of one lead by twenty processes at once: one winner, and one of everything that follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhike.acquire.models import Lead
from zhike.acquire.tests.intake import asked
from zhike.customers.tests.office import opened
from zhike.foundation.audit.models import Entry
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for
from zhike.foundation.records.testing import staff

WORKERS, CLAIMS = 20, 10
CLAIMING = """
import sys, time
from pathlib import Path
from zhike.acquire.models import Lead
from zhike.acquire.services.holding import lead_claim
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.kit.refusals import Refusal

folder, number, lead = Path({folder!r}), {number}, {lead}
viewer = viewer_of(Person.objects.get(pk=number))
(folder / f"ready-{{number}}").touch()
while not (folder / "go").exists():
    time.sleep(0.002)
told = []
for _ in range({claims}):
    row = Lead.objects.get(pk=lead)
    try:
        lead_claim(viewer=viewer, uid=row.uid, version=row.version)
        told.append("won")
    except Refusal as refusal:
        told.append(refusal.code)
(folder / f"told-{{number}}").write_text(" ".join(told))
"""


@pytest.mark.bars
def test_of_two_hundred_claims_by_twenty_processes_one_wins(transactional_db: None, tmp_path: Path) -> None:
    lead = asked(opened().viewer("market"))
    sellers = [staff("sales_specialist") for _ in range(WORKERS)]
    claiming = [
        spawn(CLAIMING.format(folder=str(tmp_path), number=one.pk, lead=lead.pk, claims=CLAIMS)) for one in sellers
    ]
    try:
        for one, process in zip(sellers, claiming, strict=True):
            wait_for((tmp_path / f"ready-{one.pk}").exists, seconds=300, process=process)
        (tmp_path / "go").touch()
        for process in claiming:
            words = process.communicate(timeout=300)[1].decode()
            assert process.returncode == 0, words
    finally:
        for process in claiming:
            if process.poll() is None:
                end(process)

    told = {one.pk: (tmp_path / f"told-{one.pk}").read_text().split() for one in sellers}
    answers = [answer for said in told.values() for answer in said]
    winners = [number for number, said in told.items() if "won" in said]
    assert len(answers) == WORKERS * CLAIMS
    assert answers.count("won") == len(winners) == 1, answers
    assert set(answers) <= {"won", "lead_taken", "not_found", "stale"}, set(answers)
    claimed = Lead.objects.select_related("customer").get(pk=lead.pk)
    assert claimed.owner_id == claimed.customer.owner_id == winners[0]
    assert Entry.objects.filter(action="lead.claim", object_uid=lead.uid).count() == 1
    assert EventRow.objects.filter(name="acquire.LeadClaimed").count() == 1
