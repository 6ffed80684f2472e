"""Which rows somebody sees, on real tables: the one choke point."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps

from zhike.foundation.access.models import Person, PostHolding, Team
from zhike.foundation.access.people import department_add, holders_of, person_add, posts_held, viewer_of
from zhike.foundation.access.scope import one, visible
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    """Head office → sales → two departments; one customer each, one without an owner, one in the bin."""
    customer = apps.get_model("customers", "Customer")
    head = department_add(name="总部")
    sales = department_add(name="销售中心", parent=head)
    east, south = department_add(name="销售一部", parent=sales), department_add(name="销售二部", parent=sales)
    people = {
        "east": person_add(username="east", name="东", post_codes=["sales_specialist"], department=east),
        "south": person_add(username="south", name="南", post_codes=["sales_specialist"], department=south),
        "lead": person_add(username="lead", name="领", post_codes=["sales_lead"], department=sales),
        "boss": person_add(username="boss", name="总", post_codes=["management"], department=head),
        "keeper": person_add(username="keeper", name="成", post_codes=["success_manager"], department=head),
    }

    def made(number, owner, **more):
        place = owner.department if owner else None
        ancestors = {f"ancestor_{n}": getattr(place, f"ancestor_{n}_id", None) for n in (1, 2, 3)}
        return customer.objects.create(
            number=number, kind="firm", name=number, owner=owner, department=place, **ancestors, **more
        )

    made("east-1", people["east"])
    made("south-1", people["south"])
    made("nobody-1", None)
    made("gone-1", people["east"], deleted_at=clock.now())
    return people, customer


def names(viewer, model):
    return sorted(visible(viewer, model.objects.all()).values_list("name", flat=True))


@pytest.mark.requirement("SEC-04", proof="rule")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("east", ["east-1"]),
        ("south", ["south-1"]),
        ("lead", ["east-1", "south-1"]),
        ("boss", ["east-1", "nobody-1", "south-1"]),
        ("keeper", []),
    ],
)
def test_each_post_sees_the_rows_of_its_scope_and_none_from_the_bin(company, who, seen):
    people, customer = company

    assert names(viewer_of(people[who]), customer) == seen


def test_a_team_shares_its_customers(company):
    people, customer = company
    team = Team.objects.create(name="华东大客户")
    team.members.add(people["keeper"])
    customer.objects.filter(name="east-1").update(team=team)

    assert names(viewer_of(people["keeper"]), customer) == ["east-1"]


def test_a_record_of_the_other_department_is_not_found(company):
    people, customer = company
    other = customer.objects.get(name="south-1")

    with pytest.raises(NotFound):
        one(viewer_of(people["east"]), customer.objects.all(), uid=other.uid)


def test_department_and_below_is_one_equality(company):
    people, customer = company

    sql = str(visible(viewer_of(people["lead"]), customer.objects.all()).query)

    assert "ancestor_1" in sql
    assert " IN (" not in sql


def test_a_model_that_does_not_say_where_its_owner_stands_is_closed(company):
    people, _customer = company

    with pytest.raises(TypeError, match="scope_path"):
        visible(viewer_of(people["boss"]), PostHolding.objects.all())


def test_a_post_counts_from_its_first_to_its_last_day():
    person = person_add(username="p", name="某", post_codes=[])
    PostHolding.objects.create(person=person, post="legal", since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 31))

    assert posts_held(person, dt.date(2026, 2, 28)) == []
    assert posts_held(person, dt.date(2026, 3, 1)) == ["legal"]
    assert posts_held(person, dt.date(2026, 3, 31)) == ["legal"]
    assert posts_held(person, dt.date(2026, 4, 1)) == []


def test_people_who_left_hold_no_post_any_more(company):
    people, _customer = company
    Person.objects.filter(pk=people["lead"].pk).update(is_active=False)

    assert holders_of("sales_lead") == []
    assert [p.username for p in holders_of("sales_specialist")] == ["east", "south"]


def test_who_lost_a_post_but_holds_another_is_no_holder_of_the_first_any_more():
    person = person_add(username="p", name="某", post_codes=["data_specialist"])
    yesterday = clock.today() - dt.timedelta(days=1)
    PostHolding.objects.create(person=person, post="legal", since=yesterday - dt.timedelta(days=9), until=yesterday)

    assert holders_of("legal") == []
    assert holders_of("data_specialist") == [person]


def test_who_gets_a_post_next_week_is_no_holder_today():
    person = person_add(username="p", name="某", post_codes=["data_specialist"])
    PostHolding.objects.create(person=person, post="legal", since=clock.today() + dt.timedelta(days=7))

    assert holders_of("legal") == []


def test_an_unknown_post_is_refused():
    with pytest.raises(ValueError, match="astronaut"):
        person_add(username="p", name="某", post_codes=["astronaut"])
