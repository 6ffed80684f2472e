"""Deputies: the rights of who is away and no more, for the days named, without chains."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access import deputies
from zhike.foundation.access.deciding import OwnWork, require_other
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Deputyship, Person, PostHolding
from zhike.foundation.access.people import ManagementDecides, OwnRights
from zhike.foundation.access.scope import visible
from zhike.foundation.access.staff import person_deactivate, post_give
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-12", proof="rule")]


def name(office: Office, away: str, deputy: str, *, by: str = "", days: int = 5, since: int = 0, **more: Any) -> Any:
    today = clock.today()
    return deputies.deputy_name(
        viewer=office.viewer(by or away), person=office.person(away), deputy=office.person(deputy),
        since=today + dt.timedelta(days=since), until=today + dt.timedelta(days=since + days), **more,
    )  # fmt: skip


def behalf(office: Office, deputy: str, away: str) -> Viewer | None:
    return deputies.viewer_on_behalf(office.person(deputy), office.person(away))


def seen(viewer: Viewer | None) -> set[str]:
    assert viewer is not None
    return set(visible(viewer, Customer.objects.all()).values_list("name", flat=True))


def test_a_deputy_sees_and_may_what_who_is_away_does_and_nothing_of_their_own(office: Office) -> None:
    office.firm("seller one", "甲厂")
    office.firm("manager one", "乙厂")
    made = name(office, "seller one", "manager one")

    viewer = behalf(office, "manager one", "seller one")

    assert viewer is not None
    assert (viewer.person_id, viewer.acts_for) == (office.person("manager one"), office.person("seller one"))
    assert seen(viewer) == {"甲厂"}
    assert viewer.may(Area.LEADS, Level.EDIT)
    assert not viewer.may(Area.PROFILE, Level.FULL)  # the deputy's own post sees that, who is away does not
    assert not viewer.may(Area.SENSITIVE, Level.SENSITIVE)
    assert seen(office.viewer("manager one")) == {"乙厂"}
    entry = Entry.objects.get(action="deputy.named")
    assert (entry.actor_id, entry.object_id) == (made.person_id, made.person_id)


def test_the_days_count_from_the_first_to_the_last_and_not_beyond(office: Office, the_clock: Clock) -> None:
    the_clock.at(clock.start_of(dt.date(2026, 7, 1)) + dt.timedelta(hours=9))
    name(office, "seller one", "other one", since=1, days=1)
    found = []
    for day in (1, 2, 3, 4):
        the_clock.at(clock.start_of(dt.date(2026, 7, day)) + dt.timedelta(hours=9))
        found.append(behalf(office, "other one", "seller one") is not None)

    assert found == [False, True, True, False]


def test_posts_and_areas_narrow_what_is_passed_on(office: Office) -> None:
    PostHolding.objects.create(person_id=office.person("seller one"), post="training_lead", since="2020-01-01")
    name(office, "seller one", "other one", posts=["training_lead"])
    viewer = behalf(office, "other one", "seller one")
    assert viewer is not None
    assert viewer.posts == {"training_lead"}
    assert not viewer.may(Area.LEADS, Level.BASIC)

    name(office, "lead one", "lead two", areas=["leads"])
    leading = behalf(office, "lead two", "lead one")
    assert leading is not None
    assert {area for area in Area if leading.may(area, Level.BASIC)} == {Area.LEADS}


def test_a_post_lost_in_these_days_is_lost_to_the_deputy_too(office: Office) -> None:
    name(office, "seller one", "other one")
    PostHolding.objects.filter(person=office.person("seller one")).update(until=clock.today() - dt.timedelta(days=1))

    viewer = behalf(office, "other one", "seller one")

    assert viewer is not None
    assert not viewer.levels
    assert not viewer.posts


def test_superiors_and_who_edits_the_organisation_name_deputies_and_nobody_else(office: Office) -> None:
    assert name(office, "seller one", "other one", by="chief").named_by_id == office.person("chief")
    assert name(office, "seller two", "other one", by="it").named_by_id == office.person("it")
    for stranger in ("lead two", "other one", "success"):
        with pytest.raises(NotFound):
            name(office, "manager one", "other one", by=stranger)


def test_who_edits_the_organisation_takes_nobodys_rights_by_that(office: Office) -> None:
    with pytest.raises(OwnRights):
        name(office, "seller one", "it", by="it")
    with pytest.raises(ManagementDecides):
        name(office, "boss", "data", by="it")
    with pytest.raises(ManagementDecides):
        name(office, "it", "seller one")
    assert name(office, "seller one", "lead one", by="lead one").deputy_id == office.person("lead one")


def test_chains_end_at_once(office: Office) -> None:
    office.firm("seller one", "甲厂")
    name(office, "seller one", "other one")
    away = behalf(office, "other one", "seller one")
    assert away is not None
    with pytest.raises(deputies.StandsIn):
        deputies.deputy_name(
            viewer=away, person=office.person("seller one"), deputy=office.person("manager one"),
            since=clock.today(), until=clock.today(),
        )  # fmt: skip
    with pytest.raises(deputies.DeputyAway):
        name(office, "manager one", "seller one")

    name(office, "other one", "manager one")

    assert behalf(office, "manager one", "seller one") is None
    assert seen(behalf(office, "manager one", "other one")) == set()


def test_two_deputies_at_once_only_for_other_posts(office: Office) -> None:
    PostHolding.objects.create(person_id=office.person("seller one"), post="training_lead", since="2020-01-01")
    name(office, "seller one", "other one", posts=["training_lead"])
    with pytest.raises(deputies.DeputyOverlaps):
        name(office, "seller one", "manager one")
    with pytest.raises(deputies.DeputyOverlaps):
        name(office, "seller one", "manager one", posts=["training_lead"], since=5)

    assert name(office, "seller one", "manager one", posts=["sales_specialist"])
    assert name(office, "seller one", "manager one", since=6)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"days": -1}, "until"), ({"since": -9, "days": 2}, "until"), ({"posts": ["legal"]}, "posts"),
     ({"areas": ["sensitive"]}, "areas"), ({"areas": ["x"]}, "areas")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_by_its_field(office: Office, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        name(office, "seller one", "other one", **wrong)

    assert set(refused.value.data["fields"]) == {field}
    with pytest.raises(Invalid):
        name(office, "seller one", "seller one")


def test_nobody_decides_on_the_work_of_who_they_stand_in_for_nor_on_their_own(office: Office) -> None:
    name(office, "lead one", "lead two")
    viewer = behalf(office, "lead two", "lead one")
    assert viewer is not None
    for author in ("lead one", "lead two"):
        with pytest.raises(OwnWork):
            require_other(viewer, office.person(author))
    require_other(viewer, office.person("seller one"))


def test_rights_of_who_is_away_are_not_raised_on_their_behalf(office: Office) -> None:
    chief = office.people["chief"]
    deputies.deputy_name(
        viewer=office.viewer("boss"), person=office.person("boss"), deputy=chief.pk, since=clock.today(),
        until=clock.today(),
    )  # fmt: skip
    viewer = behalf(office, "chief", "boss")
    assert viewer is not None
    for who in ("boss", "chief"):
        person = Person.objects.get(pk=office.person(who))
        with pytest.raises(OwnRights):
            post_give(viewer=viewer, uid=person.uid, version=person.version, post="legal")


def test_it_ends_by_a_word_of_either_and_when_somebody_leaves(office: Office) -> None:
    made = name(office, "seller one", "other one")
    with pytest.raises(NotFound):
        deputies.deputy_end(viewer=office.viewer("seller two"), uid=made.uid)
    deputies.deputy_end(viewer=office.viewer("other one"), uid=made.uid)
    assert behalf(office, "other one", "seller one") is None

    name(office, "seller one", "other one")
    leaving = Person.objects.get(pk=office.person("other one"))
    person_deactivate(viewer=office.viewer("boss"), uid=leaving.uid, version=leaving.version)

    assert not Deputyship.objects.filter(ended_at=None).exists()
    assert Entry.objects.filter(action="deputy.ended").count() == 2
