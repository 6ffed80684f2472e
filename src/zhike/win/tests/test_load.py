"""Contracts come in as facts, each with its line on the timeline."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.models import Duty
from zhike.win.models import Contract
from zhike.win.public import ContractRow, contracts_load

pytestmark = pytest.mark.django_db
SIGNED = dt.date(2026, 1, 31)


def row(customer_id: int, number: int = 1) -> ContractRow:
    return ContractRow(
        f"C{number}",
        customer_id,
        f"HT{number:04d}",
        "年度框架合同",
        SIGNED,
        dt.date(2026, 2, 1),
        None,
        5_000_000,
        "CNY",
    )


@pytest.mark.requirement("DATA-12", proof="rule")
def test_contracts_come_in_and_stand_on_the_timeline(office: Office) -> None:
    customer = office.firm("seller one")

    written = contracts_load(viewer=system("test"), rows=[row(customer.pk, i) for i in range(3)], origin="import")

    assert written == Contract.objects.count() == 3
    contract = Contract.objects.get(number="HT0001")
    assert (contract.customer_id, contract.signed_on, contract.ends_on, contract.value_minor) == (
        customer.pk, SIGNED, None, 5_000_000,
    )  # fmt: skip
    assert (contract.version, contract.origin, contract.external_id, contract.deleted_at) == (1, "import", "C1", None)
    lines = TimelineEntry.objects.filter(customer=customer, kind="contract.signed")
    assert {line.words["number"] for line in lines} == {"HT0000", "HT0001", "HT0002"}
    assert {(line.area, clock.local(line.at).date()) for line in lines} == {("deals", SIGNED)}
    assert Entry.objects.get(action="contract.load").batch_size == 3


def test_history_starts_no_duty_and_needs_the_right_to_edit(office: Office) -> None:
    customer = office.firm("seller one")

    contracts_load(viewer=system("test"), rows=[row(customer.pk)], origin="sample")
    deliver()

    assert not Duty.objects.exists()
    with pytest.raises(Forbidden):
        contracts_load(viewer=office.viewer("data"), rows=[row(customer.pk, 2)], origin="import")
    assert Contract.objects.count() == 1
