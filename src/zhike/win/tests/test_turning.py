"""Contracts begin and end with their days: once, in pieces, with audit, news and a line on the timeline."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import EventRow
from zhike.win.models import Contract
from zhike.win.public import ContractRow, contracts_load
from zhike.win.services import turning
from zhike.win.services.turning import contracts_turn
from zhike.win.tests.deals import a_draft, approved, signed
from zhike.win.tests.pages import at_work, page

pytestmark = pytest.mark.django_db


def in_force(office: Office, count: int = 1) -> list[Contract]:
    seller = Person.objects.get(pk=office.person("seller one"))
    return [signed(office, approved(office, a_draft(seller))) for _one in range(count)]


def the_day_after(contract: Contract) -> dt.date:
    assert contract.ends_on is not None
    return contract.ends_on + dt.timedelta(days=1)


@pytest.mark.requirement("WIN-09", proof="rule")
def test_contracts_begin_and_end_with_their_days(office: Office) -> None:
    today = clock.today()
    ends = {"ends today": today, "ended yesterday": today - dt.timedelta(days=1), "without end": None}
    rows = [
        ContractRow(name, office.firm("seller one").pk, name, "合同", today - dt.timedelta(days=400),
                    today - dt.timedelta(days=400), end, 1, "CNY")
        for name, end in ends.items()
    ]  # fmt: skip
    later = ContractRow("later", office.firm("seller one").pk, "later", "合同", today, today + dt.timedelta(days=1),
                        None, 1, "CNY")  # fmt: skip
    contracts_load(viewer=system("test"), rows=[*rows, later], origin="import")
    assert set(Contract.objects.values_list("status", flat=True)) == {"signed"}, "a loaded fact is signed"

    turned = contracts_turn(viewer=system("test"), day=today)

    states = dict(Contract.objects.values_list("number", "status"))
    assert states == {"ends today": "active", "ended yesterday": "ended", "without end": "active", "later": "signed"}
    assert turned == 3
    assert contracts_turn(viewer=system("test"), day=today) == 0
    assert not Duty.objects.exists()


@pytest.mark.requirement("WIN-09", proof="user")
def test_a_contract_whose_time_is_up_ends_once_with_audit_news_and_a_line(office: Office) -> None:
    (row,) = in_force(office)
    day = the_day_after(row)

    assert contracts_turn(viewer=system("test"), day=day - dt.timedelta(days=1)) == 0, "its last day counts"
    assert [contracts_turn(viewer=system("test"), day=day) for _twice in range(2)] == [1, 0]

    before = row.version
    row.refresh_from_db()
    assert (row.status, row.version) == ("ended", before + 1)
    told = EventRow.objects.get(name="win.ContractEnded")
    assert (told.payload["contract_id"], told.payload["outcome"]) == (row.pk, "ended")
    assert TimelineEntry.objects.filter(customer=row.customer_id, kind="contract.ended").count() == 1
    assert Entry.objects.filter(action="contract.turn").count() == 1
    seller = at_work(office, "seller one")
    assert f"Contract {row.number} ended" in page(seller, f"/customers/{row.customer.uid}/")


def test_many_turn_in_pieces_each_with_its_own_entry(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = in_force(office, 3)
    monkeypatch.setattr(turning, "_PIECE", 2)

    assert contracts_turn(viewer=system("test"), day=the_day_after(rows[0])) == 3

    sizes = Entry.objects.filter(action="contract.turn").order_by("pk").values_list("batch_size", flat=True)
    assert list(sizes) == [2, 1]
    assert EventRow.objects.filter(name="win.ContractEnded").count() == 3


def test_what_was_over_when_it_was_loaded_is_history_and_no_news(office: Office) -> None:
    customer = office.firm("seller one")
    year = dt.timedelta(days=365)
    row = ContractRow("X", customer.pk, "X-1", "合同", clock.today() - 2 * year, clock.today() - 2 * year,
                      clock.today() - year, 1, "CNY")  # fmt: skip
    contracts_load(viewer=system("test"), rows=[row], origin="import")

    contracts_turn(viewer=system("test"), day=clock.today())

    assert Contract.objects.get().status == "ended"
    assert not EventRow.objects.filter(name="win.ContractEnded").exists()
