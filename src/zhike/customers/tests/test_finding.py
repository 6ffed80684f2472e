"""Who sees which customers, and which of them a search finds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhike.customers.models import Customer, CustomerState
from zhike.customers.public import cards_of, managers_of
from zhike.customers.recheck import matching
from zhike.customers.services.contact import contact_create, contact_delete
from zhike.customers.services.customer import customer_delete, customer_reassign, customer_update
from zhike.customers.services.duplicates import CustomerRow
from zhike.customers.services.load import customers_load
from zhike.customers.tests.office import Office, team_of
from zhike.foundation import search
from zhike.foundation.access import scope
from zhike.foundation.access.viewer import Viewer, system

pytestmark = pytest.mark.django_db


def found(viewer: Viewer, words: str) -> set[int]:
    """What ``viewer`` finds for ``words``: candidates, within the scope, checked against the true values."""
    candidates = search.candidates("customer", words)
    rows = candidates.narrow(scope.visible(viewer, Customer.objects.all()))
    return set(matching(viewer, list(rows.values_list("pk", flat=True)), words))


@pytest.mark.requirement("DATA-01", proof="rule")
def test_firms_are_found_by_two_characters_pinyin_initials_code_and_phone(office: Office) -> None:
    firm = office.firm("seller one", "杭州岚山精密有限公司", phone="0571-88889999", credit_code="91350100M000100Y43")
    office.firm("seller one", "宁波海天重工")
    viewer = office.viewer("seller one")

    for words in (
        "岚山",
        "杭州 精密",
        "lanshan",
        "LANSHAN",
        "hzls",
        "88889999",
        "9999",
        firm.number,
        "91350100M000100Y43",
    ):
        assert found(viewer, words) == {firm.pk}, words
    for words in ("岚海", "山岚", "lanhai", "88880000", "不存在"):
        assert found(viewer, words) == set(), words


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.requirement("SEC-17", proof="rule")
def test_persons_are_found_by_what_is_only_in_the_vault(office: Office) -> None:
    person = office.human("seller one", "欧阳静宜", phone="13812345678", email="jingyi@example.com")
    office.human("seller one", "欧阳明", phone="13912340000")
    viewer = office.viewer("seller one")

    for words in ("静宜", "欧阳静", "jingyi", "oyjy", "13812345678", "5678", "1381234"):
        assert found(viewer, words) == {person.pk}, words
    assert len(found(viewer, "欧阳")) == 2
    for words in ("静明", "13812345679", "宜静"):
        assert found(viewer, words) == set(), words


@pytest.mark.requirement("DATA-02", proof="rule")
def test_a_firm_is_found_by_its_contact_until_the_contact_is_gone(office: Office) -> None:
    firm = office.firm("seller one")
    viewer = office.viewer("seller one")
    contact = contact_create(viewer=viewer, customer_uid=firm.uid, name="诸葛大力", phone="13987651234")

    assert found(viewer, "大力") == found(viewer, "1234") == {firm.pk}
    contact_delete(viewer=viewer, uid=contact.uid)
    assert found(viewer, "大力") == found(viewer, "zhuge") == set()


def test_a_new_name_is_found_at_once_and_the_old_one_no_more(office: Office) -> None:
    person = office.human("seller one", "欧阳静宜")
    viewer = office.viewer("seller one")

    customer_update(viewer=viewer, uid=person.uid, version=1, name="司马相如")

    assert found(viewer, "相如") == {person.pk}
    assert found(viewer, "静宜") == set()
    customer_delete(viewer=viewer, uid=person.uid)
    assert found(viewer, "相如") == set()


def test_what_was_loaded_is_found_like_what_was_typed(office: Office) -> None:
    mine = office.person("seller one")
    loaded = customers_load(
        viewer=system("test"), origin="import",
        rows=[
            CustomerRow("A", "firm", {"name": "苏州云栖软件"}, owner_id=mine),
            CustomerRow("B", "person", {"name": "诸葛静", "phone": "+86 135 0000 1111"}, owner_id=mine),
        ],
    )  # fmt: skip
    viewer = office.viewer("seller one")

    assert found(viewer, "云栖") == found(viewer, "yqrj") == {loaded.ids["A"]}
    assert found(viewer, "葛静") == found(viewer, "13500001111") == {loaded.ids["B"]}


@pytest.mark.requirement("SEC-04", proof="rule")
def test_each_post_sees_its_own_part_of_the_customers(office: Office) -> None:
    mine = office.firm("seller one", "甲科技")
    colleague = office.firm("other one", "乙科技")
    elsewhere = office.firm("seller two", "丙科技")
    person = office.human("seller two", "科技达人")
    everybody = {mine.pk, colleague.pk, elsewhere.pk, person.pk}
    seen = {
        "seller one": {mine.pk},
        "seller two": {elsewhere.pk, person.pk},
        "lead one": {mine.pk, colleague.pk},
        "lead two": {elsewhere.pk, person.pk},
        "chief": everybody,
        "boss": everybody,
        "data": everybody,
        "counter": everybody,
        "manager one": set(),
        "success": set(),
        "market": set(),
    }

    for who, expected in seen.items():
        viewer = office.viewer(who)
        assert set(scope.visible(viewer, Customer.objects.all()).values_list("pk", flat=True)) == expected, who
        assert set(cards_of(viewer, everybody)) == expected, who
        # Who sees a person's name masked and may not open it does not find by it either.
        assert found(viewer, "科技") == (expected - {person.pk} if who == "data" else expected), who
        assert set(scope.visible(viewer, CustomerState.objects.all()).values_list("pk", flat=True)) == expected, who


@pytest.mark.requirement("SEC-04", proof="rule")
def test_a_success_manager_sees_own_customers_and_the_teams(office: Office) -> None:
    team = team_of(office, "success", "success two")
    own, shared, foreign = (
        office.firm("success", "甲"),
        office.firm("success two", "乙"),
        office.firm("success two", "丙"),
    )
    Customer.objects.filter(pk=shared.pk).update(team=team)

    assert set(cards_of(office.viewer("success"), [own.pk, shared.pk, foreign.pk])) == {own.pk, shared.pk}


def test_department_and_below_is_one_equality_on_a_column_of_the_row(office: Office) -> None:
    office.firm("seller one")
    viewer = office.viewer("chief")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(scope.visible(viewer, Customer.objects.all()))
    (query,) = queries.captured_queries
    assert f'"ancestor_1" = {office.departments["sales"].pk}' in query["sql"]
    assert " IN (" not in query["sql"]
    assert "JOIN" not in query["sql"]


def test_a_hand_over_moves_what_is_seen_and_found(office: Office) -> None:
    firm = office.firm("seller one", "甲科技")

    customer_reassign(viewer=office.viewer("chief"), uid=firm.uid, owner_id=office.person("seller two"))

    assert found(office.viewer("seller one"), "科技") == set()
    assert found(office.viewer("lead two"), "科技") == {firm.pk}
    assert managers_of([firm.pk]) == {firm.pk: office.person("seller two")}
