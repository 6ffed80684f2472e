"""Web and worker killed with signal 9 in the middle of the path: nothing is lost, nothing is done twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import socket
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import whole
from tests.journeys.killed import Page, Web, web_processes, worker_dies
from zhike.acquire.tests.intake import FITS, asked
from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import Delivery, DeliveryState, EventRow
from zhike.foundation.outbox.tests.processes import spawn, wait_for
from zhike.onboard.models import HandOver, Project
from zhike.onboard.tests import projects
from zhike.retain.tests import casework
from zhike.serve.models import Ticket
from zhike.serve.services.ticket import ticket_classify, ticket_receive
from zhike.win.tests.deals import a_deal, a_draft, a_signer, approved
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> Office:
    made = whole()
    Person.objects.update(must_change_password=False)
    return made


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


def written(row: Any) -> dict[str, Counter[str]]:
    """Everything that stands about the customer of a record, and in the log about the record, counted by kind."""
    customer = Customer.objects.get(pk=row.customer_id)
    of = {"customer_id": customer.pk}
    told = [row.name for row in EventRow.objects.all() if row.payload.get("customer_id") == customer.pk]
    return {
        "events": Counter(told),
        "timeline": Counter(TimelineEntry.objects.filter(**of).values_list("kind", flat=True)),
        "duties": Counter(Duty.objects.filter(**of).values_list("code", flat=True)),
        "projects": Counter(Project.objects.filter(**of).values_list("state", flat=True)),
        "audit": Counter(Entry.objects.filter(object_uid__in=[row.uid, customer.uid]).values_list("action", flat=True)),
    }


@dataclass(frozen=True)
class Deed:
    """One form of the path on a fresh customer: who sends it, to which record, with what."""

    code: str
    act: str
    who: str
    make: Callable[[Office], Any]
    answers: Callable[[Office, Any], dict[str, Any]]

    def address(self, row: Any) -> str:
        return f"/{self.code}/{row.uid}/do/{self.act}/"


def _reviewed(office: Office) -> Any:
    seller = Person.objects.get(pk=office.person("seller one"))
    deal = a_deal(seller)
    contract = approved(office, a_draft(seller, deal))
    a_signer(office.viewer("seller one"), contract.customer)
    deliver()
    return contract


def _signature(_office: Office, row: Any) -> dict[str, Any]:
    return {"signer": row.customer.contacts.get().uid, "authority": "power_of_attorney", "is_sealed": "yes",
            "authority_reference": "授权书 2026-17", "signed_on": clock.today().isoformat()}  # fmt: skip


def _lead(office: Office) -> Any:
    return asked(office.viewer("market"), profile=FITS)


def _technical(office: Office) -> Ticket:
    service = office.viewer("service")
    row = ticket_receive(viewer=service, customer=office.firm("counter").uid, subject="报表无法导出")
    return ticket_classify(viewer=service, uid=row.uid, version=row.version, ticket_class="technical")


def _offered(office: Office) -> HandOver:
    form = projects.offered(office)
    deliver()
    return form


SIGN = Deed("contracts", "sign", "seller one", _reviewed, _signature)
DEEDS = [
    SIGN,
    Deed("leads", "claim", "seller one", _lead, lambda _office, _row: {}),
    Deed("hand-overs", "accept", "success", _offered, lambda _office, _row: {}),
    Deed("tickets", "solve", "engineer", _technical, lambda _office, _row: {"solution": "清空筛选", "problem": "new"}),
    Deed("retentions", "lose", "manager one", casework.opened_case, lambda _office, _row: {"outcome": "已签竞品"}),
]


class Sender:
    """Sends a deed through web processes, which may die over it."""

    def __init__(self, office: Office, deed: Deed, start: Callable[[], Web]) -> None:
        self._office, self._deed, self._start = office, deed, start
        self._client = at_work(office, deed.who)
        self.web = start()

    def undisturbed(self) -> tuple[dict[str, Counter[str]], int]:
        """What the deed leaves, and by how many writes."""
        row, page, answers = self._open()
        status, shown = page.send(self.web, answers)
        assert status == 302, shown[-2000:]
        deliver()
        return written(row), self.web.writes

    def killed(self, place: str, expected: dict[str, Counter[str]]) -> None:
        """The process dies at ``place``; the person presses the button again."""
        row, page, answers = self._open()
        before = written(row)
        with pytest.raises(ConnectionError):
            page.send(self.web, answers, die_at=place)
        assert self.web.is_killed()
        assert (written(row) == before) is (place != "end"), "all of it or nothing of it"

        self.web = self._start()
        status, shown = page.send(self.web, answers)
        if place == "end":
            assert status in (409, 422), "what is done is not done again"
            assert 'class="z-problem" role="alert"' in shown or "Somebody changed this record" in shown
        else:
            assert status == 302, shown[-2000:]
        deliver()
        assert written(row) == expected

    def _open(self) -> tuple[Any, Page, dict[str, Any]]:
        row = self._deed.make(self._office)
        row.refresh_from_db()
        page = Page(self._client, self.web, self._deed.address(row))
        return row, page, {"version": row.version, **self._deed.answers(self._office, row)}


@pytest.mark.requirement("PLAT-07", proof="user")
def test_a_web_process_killed_over_a_signature_leaves_all_or_nothing(office: Office, tmp_path: Path) -> None:
    with web_processes(tmp_path) as start:
        sender = Sender(office, SIGN, start)
        expected, writes = sender.undisturbed()
        assert writes > 5
        sender.killed(str(writes // 2), expected)
        sender.killed("end", expected)


@pytest.mark.bars
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: f"{deed.code} {deed.act}")
def test_a_web_process_killed_after_each_write_leaves_all_or_nothing(
    office: Office, tmp_path: Path, deed: Deed
) -> None:
    with web_processes(tmp_path) as start:
        sender = Sender(office, deed, start)
        expected, writes = sender.undisturbed()
        for place in (*map(str, range(1, writes + 1)), "end"):
            sender.killed(place, expected)


def _killed_at(office: Office, moment: Clock, clock_file: Path, places: Callable[[], Any]) -> int:
    """Compare a customer whose news a quiet worker brings with one over whose news workers die."""
    started = clock.now()
    quiet = projects.a_signed(office)
    deliver()
    expected, notices = written(quiet), Notice.objects.count()
    assert expected["projects"].total() == 1
    assert expected["duties"]["B-32"] == 1

    dead = 0
    # Signed, and nobody has heard of it yet.
    signed = projects.a_signed(office)
    for number, place in enumerate(places(), start=1):
        # Each worker lives well after the lease of the one before it.
        moment.at(started + dt.timedelta(seconds=1000 * number))
        if not worker_dies(place, clock_file):
            break
        dead += 1
    moment.at(started + dt.timedelta(seconds=1000 * (dead + 2)))
    deliver()
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    assert written(signed) == expected
    assert Notice.objects.count() == 2 * notices, "nobody is told twice, nobody is forgotten"
    return dead


@pytest.mark.requirement("PLAT-07", proof="rule")
def test_a_worker_killed_over_the_news_of_a_signature_loses_and_repeats_nothing(
    office: Office, moment: Clock, tmp_path: Path
) -> None:
    assert _killed_at(office, moment, tmp_path / "clock", lambda: (4, 7)) == 2


@pytest.mark.bars
@pytest.mark.parametrize("first", range(1, 40))
def test_a_worker_killed_after_each_write_loses_and_repeats_nothing(
    office: Office, moment: Clock, tmp_path: Path, first: int
) -> None:
    """One worker dies after ``first`` writes, the next after twice as many."""
    assert _killed_at(office, moment, tmp_path / "clock", lambda: (first, 2 * first)) >= 1


def _children(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200)
    return False


@pytest.mark.requirement("PLAT-07", proof="rule")
def test_the_server_puts_another_web_process_in_the_place_of_a_killed_one(office: Office) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = spawn(f"from zhike.interfaces.cli.operate import _granian; _granian('127.0.0.1', {port}, 1)")
    try:
        wait_for(lambda: _answers(port), process=server, seconds=60)
        (web,) = _children(server.pid)
        os.kill(web, signal.SIGKILL)
        wait_for(lambda: _children(server.pid) not in ([], [web]), process=server, seconds=60)
        wait_for(lambda: _answers(port), process=server, seconds=60)
    finally:
        server.terminate()
        server.communicate(timeout=30)
