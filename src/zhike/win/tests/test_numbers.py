"""The number of a contract stands for one contract, however it came in."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from zhike.customers.tests.office import Office
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.testing import text_of
from zhike.win.models import Contract
from zhike.win.public import ContractRow, contracts_load
from zhike.win.services.contract import contract_create
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db


def drafted(office: Office, number: str = "") -> Contract:
    return contract_create(
        viewer=office.viewer("seller one"), customer=office.firm("seller one").uid, title="合同", number=number,
        starts_on=clock.today(),
    )  # fmt: skip


@pytest.mark.requirement("WIN-09", proof="user")
def test_a_number_that_another_contract_has_is_refused_in_words(office: Office) -> None:
    first, second = drafted(office, "HT-A-17"), drafted(office)
    seller = at_work(office, "seller one", "zh-hans")
    form = {"title": "合同", "customer": str(first.customer.uid), "starts_on": "2026-08-01", "number": " HT-A-17 "}

    new = seller.post("/contracts/new/", form)
    changed = seller.patch(
        f"/api/v1/contracts/{second.uid}", {"version": second.version, "number": "HT-A-17"}, "application/json"
    )

    assert new.status_code == 422
    assert "该编号已属于另一份合同，请核对或另填编号。" in text_of(new)
    assert changed.status_code == 422
    assert Contract.objects.filter(number="HT-A-17").count() == 1


def test_a_number_that_is_given_evades_what_somebody_typed(office: Office) -> None:
    first = drafted(office)
    taken = f"HT-{clock.today().year}-{first.pk + 2:05d}"
    drafted(office, taken)

    assert drafted(office).number == f"{taken}-1"


def test_the_database_holds_it_too(office: Office) -> None:
    first, second = drafted(office, "A"), drafted(office, "B")

    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=second.pk).update(number=first.number)


def test_loaded_contracts_with_a_number_twice_are_named_and_none_is_loaded(office: Office) -> None:
    customer, day = office.firm("seller one"), dt.date(2026, 1, 1)
    drafted(office, "B")

    def rows(*numbers: str) -> list[ContractRow]:
        return [ContractRow(f"{i}", customer.pk, n, "合同", day, day, None, 1, "CNY") for i, n in enumerate(numbers)]

    def refused(*numbers: str) -> Any:
        with pytest.raises(Invalid) as found:
            contracts_load(viewer=system("test"), rows=rows(*numbers), origin="import")
        return found.value.data["numbers"]

    assert refused("A", "A", "C") == ["A"]
    assert refused("A", "B") == ["B"]
    assert Contract.objects.count() == 1
    contracts_load(viewer=system("test"), rows=rows("A", "C"), origin="import")
    assert Contract.objects.filter(origin="import").count() == 2


def test_the_migration_tells_contracts_of_one_number_apart(office: Office) -> None:
    kept, second, third, other = (drafted(office, number) for number in ("A", "B", "C", "A (2)"))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_contract_per_number")
    Contract.objects.filter(pk__in=[second.pk, third.pk]).update(number="A")

    migration = importlib.import_module("zhike.win.migrations.0003_a_contract_number_stands_once")
    migration.tell_apart(apps, None)

    numbers = dict(Contract.objects.values_list("pk", "number"))
    assert numbers == {kept.pk: "A", second.pk: "A (3)", third.pk: "A (4)", other.pk: "A (2)"}
