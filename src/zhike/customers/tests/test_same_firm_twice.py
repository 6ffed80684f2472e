"""Two who open a file for the same customer at the same moment: one of them is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from zhike.customers.models import Customer
from zhike.customers.services.customer import DuplicateCustomer, customer_create, customer_update
from zhike.customers.services.duplicates import CustomerRow
from zhike.customers.services.load import customers_load
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.viewer import system
from zhike.foundation.outbox.tests.processes import spawn

pytestmark = pytest.mark.django_db(transaction=True)
FIRM = "杭州岚山精密有限公司"


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed returns or raises, all of them begun at the same moment on connections of their own."""
    ready, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def work(place: int, deed: Callable[[], Any]) -> None:
        try:
            ready.wait()
            outcomes[place] = deed()
        except Exception as refusal:  # noqa: BLE001 - what is raised is the outcome
            outcomes[place] = refusal  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def opening(office: Office, **values: Any) -> Callable[[], Any]:
    viewer = office.viewer("seller one")
    return lambda: customer_create(viewer=viewer, **{"kind": "firm", "name": FIRM, **values})


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.parametrize(
    "values",
    [
        {"kind": "firm", "name": FIRM},
        {"kind": "person", "name": "欧阳静宜", "phone": "13812345678"},
    ],
    ids=["the same name", "the same telephone"],
)
def test_of_many_who_open_the_same_file_at_once_one_succeeds(values: dict[str, Any]) -> None:
    office = opened()

    for number in range(4):
        # Another firm in each round; a person is the same by telephone.
        fresh = {"name": f"{values['name']}{number}"} if values["kind"] == "firm" else {"phone": f"1381234567{number}"}
        outcomes = at_once(*[opening(office, **(values | fresh))] * 4)

        refused = [o for o in outcomes if isinstance(o, DuplicateCustomer)]
        assert len(refused) == 3, outcomes
        assert Customer.objects.count() == number + 1


@pytest.mark.requirement("DATA-01", proof="rule")
def test_a_credit_code_goes_to_one_of_two_firms_that_take_it_at_once() -> None:
    office = opened()
    viewer = office.viewer("seller one")
    firms = [office.firm("seller one", name) for name in ("东方一号厂", "西方二号厂")]

    outcomes = at_once(
        *(
            lambda firm=firm: customer_update(viewer=viewer, uid=firm.uid, version=1, credit_code="91330100MA2K12345L")
            for firm in firms
        ),
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["Customer", "DuplicateCustomer"]
    assert Customer.objects.filter(credit_code="91330100MA2K12345L").count() == 1


def test_an_import_and_a_person_who_bring_the_same_firm_at_once_leave_one_file() -> None:
    office = opened()
    rows = [CustomerRow(external_id=f"A{n}", kind="firm", values={"name": f"第{n}号厂"}) for n in range(300)]

    load = lambda: customers_load(viewer=system("import"), rows=rows, origin="import")  # noqa: E731
    by_hand, loaded = at_once(opening(office, name="第150号厂"), load)

    assert Customer.objects.filter(name_normal="第150号厂").count() == 1
    taken = isinstance(by_hand, DuplicateCustomer)
    assert loaded.refused == ({} if taken else {"A150": {"name": "duplicate"}})


def test_two_imports_of_the_same_file_at_once_load_each_row_once() -> None:
    opened()
    rows = [CustomerRow(external_id=f"A{n}", kind="firm", values={"name": f"第{n}号厂"}) for n in range(200)]
    load = lambda: customers_load(viewer=system("import"), rows=rows, origin="import")  # noqa: E731

    outcomes = at_once(load, load)

    assert sorted(len(one.ids) for one in outcomes) == [0, 200]
    assert Customer.objects.count() == 200


def test_who_confirms_that_it_is_another_firm_may_open_it_all_the_same() -> None:
    office = opened()

    outcomes = at_once(*[opening(office, accept_duplicate=True)] * 3)

    assert [type(o).__name__ for o in outcomes] == ["Customer"] * 3


def test_several_files_opened_in_one_transaction_do_not_stand_in_each_others_way() -> None:
    office = opened()
    viewer = office.viewer("seller one")

    @transaction.atomic
    def open_all(names: list[str], mine: str) -> int:
        for name in names:
            customer_create(viewer=viewer, kind="firm", name=f"{mine}{name}", accept_duplicate=False)
        return len(names)

    names = [f"第{n}号厂" for n in range(12)]
    outcomes = at_once(lambda: open_all(names, ""), lambda: open_all(names[::-1], "新"), lambda: open_all(names, "老"))

    assert outcomes == [12, 12, 12]


@pytest.mark.requirement("DATA-01", proof="rule")
def test_of_two_processes_that_open_the_same_file_one_is_refused() -> None:
    office = opened()
    code = f"""
from zhike.customers.services.customer import DuplicateCustomer, customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
viewer = viewer_of(Person.objects.get(pk={office.person("seller one")}))
for n in range(15):
    try:
        customer_create(viewer=viewer, kind="firm", name="第%d号精密厂" % n)
    except DuplicateCustomer:
        pass
"""
    writers = [spawn(code) for _ in range(2)]

    for writer in writers:
        _out, errors = writer.communicate(timeout=60)
        assert writer.returncode == 0, errors.decode()
    assert Customer.objects.count() == 15
