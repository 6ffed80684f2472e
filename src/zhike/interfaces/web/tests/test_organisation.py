"""IT sets the organisation up on pages; rights follow at once; nobody decides on their own rights."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer, CustomerState
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import department_add, posts_held, viewer_of
from zhike.foundation.audit.models import BatchItem, Entry
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import cases, signed_in, staff, text_of

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("PLAT-12", proof="user")


def a_person(_owner: Person) -> Person:
    return staff("customer_manager")


def a_department(_owner: Person) -> Department:
    top = Department.objects.filter(parent=None).first() or department_add(name="总公司")
    return department_add(name=f"第{Department.objects.count()}部", parent=top)


TestPeople = cases(
    "people",
    make=a_person,
    allowed="it_team",
    denied="customer_manager",
    create={"name": "陈敏", "username": "chenmin"},
    change={"name": "陈敏敏"},
    owned=False,
)
TestDepartments = cases(
    "departments",
    make=a_department,
    allowed="it_team",
    denied="customer_manager",
    create=lambda person: {"name": "销售三部", "parent": str(a_department(person).uid)},
    change={"name": "销售四部"},
    owned=False,
)


@pytest.fixture
def office() -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


@pytest.fixture
def it() -> Client:
    return signed_in(staff("it_team", language="en"))


def do(client: Client, person: Person, act: str, **values: Any) -> Any:
    person.refresh_from_db()
    return client.post(f"/people/{person.uid}/do/{act}/", {"version": person.version, **values})


def held(person: Person) -> list[str]:
    return posts_held(person, clock.today())


@USER
def test_it_sees_the_chart_and_the_people_of_a_department_with_their_posts(office: Office, it: Client) -> None:
    page = text_of(it.get(f"/organisation/?department={office.departments['one'].uid}"))

    assert page.index("总公司") < page.index("销售中心") < page.index("销售一部")
    assert "员工seller one" in page
    assert "员工seller two" not in page
    assert "Customer manager" in page


@USER
def test_it_adds_somebody_gives_several_posts_and_takes_one_away(office: Office, it: Client) -> None:
    values = {"name": "陈敏", "username": "chenmin", "department": str(office.departments["one"].uid)}
    assert it.post("/people/new/", values).status_code == 302
    person = Person.objects.get(username="chenmin")

    assert do(it, person, "give_post", post="customer_manager", reason="joins").status_code == 302
    assert do(it, person, "give_post", post="sales_lead").status_code == 302
    assert held(person) == ["customer_manager", "sales_lead"]
    again = do(it, person, "give_post", post="sales_lead")
    assert again.status_code == 422
    assert do(it, person, "take_post", post="sales_lead").status_code == 302

    assert held(person) == ["customer_manager"]
    assert Entry.objects.filter(action="person.post_give", object_id=person.pk, reason="joins").exists()
    assert do(it, person, "give_post", post="sales_lead").status_code == 302, "a post can come back"


@USER
def test_rights_take_effect_with_the_next_click(it: Client) -> None:
    person = staff("customer_manager")
    browser = signed_in(person)
    assert browser.get("/policies/").status_code == 403
    assert browser.get("/customers/").status_code == 200

    do(it, person, "give_post", post="legal")
    do(it, person, "take_post", post="customer_manager")

    assert browser.get("/customers/new/").status_code == 403
    assert "legal" in viewer_of(Person.objects.get(pk=person.pk)).posts


@USER
def test_it_gives_itself_nothing_and_makes_nobody_management() -> None:
    me, other = staff("it_team"), staff("customer_manager")
    mine = signed_in(me)

    assert do(mine, me, "give_post", post="customer_manager").status_code in (403, 422)
    assert do(mine, other, "give_post", post="management").status_code in (403, 422)
    assert do(mine, other, "give_post", post="it_team").status_code in (403, 422)

    assert held(me) == ["it_team"]
    assert held(other) == ["customer_manager"]


@USER
def test_the_api_refuses_what_the_page_refuses() -> None:
    me = staff("it_team")
    client = signed_in(me)

    answer = client.post(
        f"/api/v1/people/{me.uid}/give_post", {"version": me.version, "post": "customer_manager"},
        content_type="application/json",
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (403, "own_rights")


@USER
def test_management_decides_on_posts_that_rule_rights() -> None:
    it, boss = staff("it_team"), signed_in(staff("management"))

    assert do(boss, it, "give_post", post="customer_manager", reason="stands in").status_code == 302
    assert do(boss, it, "take_post", post="it_team").status_code == 422, "the last one of IT"

    staff("it_team")
    assert do(boss, it, "take_post", post="it_team").status_code == 302
    assert held(it) == ["customer_manager"]


@USER
def test_somebody_who_leaves_hands_customers_over_to_whom_it_chooses(office: Office, it: Client) -> None:
    leaving, taking = (Person.objects.get(pk=office.person(name)) for name in ("seller one", "seller two"))
    firm = office.firm("seller one", "岚山精密")
    browser = signed_in(leaving)
    assert browser.get("/customers/").status_code == 200

    alone = do(it, leaving, "deactivate")
    assert alone.status_code == 422
    assert "Choose who takes them over" in text_of(alone)
    assert do(it, leaving, "deactivate", receiver=str(taking.uid), reason="leaves").status_code == 302

    firm.refresh_from_db()
    state = CustomerState.objects.get(pk=firm.pk)
    two = office.departments["two"]
    assert (firm.owner_id, firm.department_id, firm.ancestor_2) == (taking.pk, two.pk, two.pk)
    assert (state.owner_id, state.ancestor_2) == (taking.pk, two.pk)
    assert "岚山精密" in text_of(signed_in(taking).get("/customers/"))
    assert "/accounts/login/" in browser.get("/customers/")["Location"], "what was open in a browser has ended"
    entry = Entry.objects.get(action="customer.reassign", before__contains=str(leaving.pk))
    assert BatchItem.objects.filter(entry_id=entry.pk, object_id=firm.pk).exists()
    assert "seller two" in text_of(signed_in(taking).get(f"/customers/{firm.uid}/")), "and it stands on the timeline"


@USER
def test_a_closed_account_is_opened_again_with_its_posts(it: Client) -> None:
    person = staff("customer_manager")
    do(it, person, "deactivate")
    assert do(it, person, "give_post", post="legal").status_code == 422

    assert do(it, person, "reactivate").status_code == 302

    person.refresh_from_db()
    assert person.is_active
    assert held(person) == ["customer_manager"]


@USER
def test_a_department_moves_with_everything_in_it(office: Office, it: Client) -> None:
    firm = office.firm("seller one")
    one, success = office.departments["one"], office.departments["success"]
    lead = signed_in(Person.objects.get(pk=office.person("chief")))
    assert firm.name in text_of(lead.get("/customers/"))

    page = it.post(f"/departments/{one.uid}/edit/", {"name": "直销部", "parent": str(success.uid), "version": 1})

    assert page.status_code == 302
    one.refresh_from_db()
    assert (one.name, one.parent_id, one.ancestor_1_id, one.ancestor_2_id) == ("直销部", success.pk, success.pk, one.pk)
    for row in (Customer.objects.get(pk=firm.pk), CustomerState.objects.get(pk=firm.pk)):
        assert (row.ancestor_1, row.ancestor_2, row.ancestor_3) == (success.pk, one.pk, None)
    assert firm.name not in text_of(lead.get("/customers/")), "the lead of the old place no longer sees it"


@USER
def test_a_department_is_not_moved_below_itself_nor_too_deep_nor_to_the_top(office: Office, it: Client) -> None:
    sales, one = office.departments["sales"], office.departments["one"]
    team = department_add(name="一组", parent=one)

    def move(department: Department, parent: str) -> Any:
        department.refresh_from_db()
        return it.post(
            f"/departments/{department.uid}/edit/",
            {"name": department.name, "parent": parent, "version": department.version},
        )

    assert "below itself" in text_of(move(sales, str(one.uid)))
    assert "three levels" in text_of(move(office.departments["success"], str(team.uid)))
    assert "stays where it is" in text_of(move(one, ""))
    assert "three levels" in text_of(it.post("/departments/new/", {"name": "更深", "parent": str(team.uid)}))
    for department in (sales, one, office.departments["success"]):
        before = department.parent_id
        department.refresh_from_db()
        assert department.parent_id == before


@USER
def test_whoever_changes_department_takes_the_customers_along(office: Office, it: Client) -> None:
    firm = office.firm("seller one")
    person = Person.objects.get(pk=office.person("seller one"))
    two = office.departments["two"]

    page = it.post(
        f"/people/{person.uid}/edit/",
        {"name": person.name, "language": "zh-hans", "department": str(two.uid), "version": person.version},
    )

    assert page.status_code == 302, text_of(page)
    firm.refresh_from_db()
    assert (firm.department_id, firm.ancestor_2) == (two.pk, two.pk)
    assert CustomerState.objects.get(pk=firm.pk).department_id == two.pk


@USER
def test_superiors_do_not_stand_in_a_circle(office: Office, it: Client) -> None:
    boss, chief = (Person.objects.get(pk=office.person(name)) for name in ("boss", "chief"))

    page = it.post(
        f"/people/{boss.uid}/edit/",
        {"name": boss.name, "language": "zh-hans", "superior": str(chief.uid), "version": boss.version},
    )

    assert page.status_code == 422
    assert "circle" in text_of(page)


@USER
def test_a_sign_in_link_is_shown_once_works_once_and_stands_in_the_log(it: Client) -> None:
    person = staff("customer_manager")
    address = f"/people/{person.uid}/link/"

    before = text_of(it.get(address))
    shown = text_of(it.post(address, {"reason": "forgot"}))

    link = re.search(r'value="http://[^/]+(/accounts/link/[^"]+)"', shown)
    assert link
    assert "/accounts/link/" not in before + text_of(it.get(address))
    stranger = Client()
    assert stranger.post(link[1]).status_code == 302
    assert Client().post(link[1]).status_code == 410
    assert Entry.objects.get(action="account.link_issued").reason == "forgot"


@USER
def test_it_issues_no_link_for_management_nor_for_itself() -> None:
    me = staff("it_team")
    client = signed_in(me)

    assert client.post(f"/people/{staff('management').uid}/link/").status_code == 403
    assert client.post(f"/people/{me.uid}/link/").status_code == 403


def test_two_people_on_one_record_the_second_is_told(it: Client) -> None:
    person = staff("customer_manager")
    stale = person.version
    do(it, person, "give_post", post="legal")

    page = it.post(f"/people/{person.uid}/do/give_post/", {"version": stale, "post": "data_analyst"})

    assert page.status_code == 409
    assert held(person) == ["customer_manager", "legal"]
