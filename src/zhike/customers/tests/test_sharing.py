"""A record is opened for a time: it shows in list, search, page and API, and is gone on the day after."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.customers.models import Customer, CustomerState
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Clock, Office
from zhike.foundation import policies
from zhike.foundation.access import scope
from zhike.foundation.access.models import Person, Share
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.messages.models import Notice
from zhike.foundation.records import sharing
from zhike.foundation.records.policy import SharingPolicy
from zhike.foundation.records.selector import forget_totals
from zhike.foundation.records.testing import signed_in, text_of

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("SEC-04", proof="user")
JSON = {"content_type": "application/json"}


@pytest.fixture
def the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(tmp_path / "clock", monkeypatch)
    made.at(clock.start_of(dt.date(2026, 7, 1)) + dt.timedelta(hours=9))
    return made


@pytest.fixture
def firm(office: Office) -> Customer:
    Person.objects.update(must_change_password=False, language="en")
    return office.firm("seller one", "绍兴澄湖纺织有限公司")


def client_of(office: Office, who: str) -> Client:
    forget_totals()
    return signed_in(Person.objects.get(pk=office.person(who)))


def share(office: Office, firm: Customer, to: str = "manager one", *, by: str = "seller one", **more: Any) -> Share:
    given = {"person": office.person(to), "until": clock.today(), "reason": "共同拜访"} | more
    sharing.share(viewer=office.viewer(by), model=Customer, uid=firm.uid, version=None, **given)
    return Share.objects.latest("id")


def where_it_shows(client: Client, firm: Customer) -> dict[str, bool]:
    return {
        "list": firm.name in text_of(client.get("/customers/")),
        "search": firm.name in text_of(client.get("/search/?q=澄湖")),
        "page": client.get(f"/customers/{firm.uid}/").status_code == 200,
        "drawer": client.get(f"/customers/{firm.uid}/peek/").status_code == 200,
        "api": client.get(f"/api/v1/customers/{firm.uid}").status_code == 200,
        "api list": firm.name in client.get("/api/v1/customers").content.decode(),
    }


@USER
def test_a_shared_customer_shows_everywhere_and_is_gone_on_the_day_after(
    office: Office, firm: Customer, the_clock: Clock
) -> None:
    seller, reader = client_of(office, "seller one"), client_of(office, "manager one")
    assert not any(where_it_shows(reader, firm).values())
    form = text_of(seller.get(f"/customers/{firm.uid}/do/share/"))
    assert "no more than their own posts include" in form
    tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
    uid = str(Person.objects.get(pk=office.person("manager one")).uid)
    done = seller.post(
        f"/customers/{firm.uid}/do/share/",
        {"person": uid, "until": tomorrow, "level": "basic", "reason": "共同拜访", "version": firm.version},
    )
    assert done.status_code in (200, 302), text_of(done)

    assert all(where_it_shows(reader, firm).values())
    assert "员工manager one" in text_of(seller.get(f"/customers/{firm.uid}/"))
    assert firm.name in text_of(seller.get("/shares/?box=by"))
    assert firm.name in text_of(reader.get("/shares/"))
    assert Notice.objects.get(code="record.shared").person_id == office.person("manager one")

    the_clock.at(clock.start_of(dt.date(2026, 7, 2)) + dt.timedelta(hours=23))
    assert all(where_it_shows(reader, firm).values())
    the_clock.at(clock.start_of(dt.date(2026, 7, 3)))
    forget_totals()
    assert not any(where_it_shows(reader, firm).values())
    assert firm.name not in text_of(reader.get("/shares/"))


@USER
def test_who_shared_it_ends_it_with_the_next_click(office: Office, firm: Customer) -> None:
    made = share(office, firm)
    seller, reader = client_of(office, "seller one"), client_of(office, "manager one")
    assert reader.get(f"/customers/{firm.uid}/").status_code == 200
    assert reader.post(f"/shares/{made.uid}/end/").status_code == 404

    assert seller.post(f"/shares/{made.uid}/end/").status_code == 302

    assert not any(where_it_shows(reader, firm).values())
    assert Entry.objects.filter(action="record.share_end", object_id=firm.pk).exists()


@USER
def test_a_program_shares_lists_and_ends_with_the_same_rules(office: Office, firm: Customer) -> None:
    seller, reader = client_of(office, "seller one"), client_of(office, "manager one")
    to = str(Person.objects.get(pk=office.person("manager one")).uid)
    body = {
        "version": firm.version, "person": to, "until": clock.today().isoformat(), "level": "full", "may_edit": False,
        "reason": "共同拜访",
    }  # fmt: skip
    assert seller.post(f"/api/v1/customers/{firm.uid}/share", json.dumps(body), **JSON).status_code == 200
    [made] = seller.get("/api/v1/shares?box=by").json()
    assert (made["record"], made["person"], made["level"]) == (str(firm.uid), to, "full")
    assert [one["uid"] for one in reader.get("/api/v1/shares").json()] == [made["uid"]]
    assert reader.post(f"/api/v1/shares/{made['uid']}/end", "{}", **JSON).status_code == 404

    assert seller.post(f"/api/v1/shares/{made['uid']}/end", "{}", **JSON).status_code == 200

    assert reader.get("/api/v1/shares").json() == []


@USER
def test_basic_opens_the_record_by_itself_and_full_what_belongs_to_it(office: Office, firm: Customer) -> None:
    contact_create(viewer=office.viewer("seller one"), customer_uid=firm.uid, name="欧阳静宜")
    CustomerState.objects.filter(customer=firm).update(health=77)
    share(office, firm)
    reader = client_of(office, "manager one")
    read = reader.get(f"/api/v1/customers/{firm.uid}").json()
    assert read["name"] == firm.name
    assert "health" in read["withheld"]  # the reader's post sees it on their own customers
    assert reader.get("/api/v1/customers").json()["items"][0]["health"] is None
    assert reader.get("/api/v1/contacts").json()["items"] == []
    assert ">77<" not in reader.get("/customers/?columns=name,health").content.decode()

    share(office, firm, level="full")

    assert reader.get(f"/api/v1/customers/{firm.uid}").json()["health"] == 77
    assert len(reader.get("/api/v1/contacts").json()["items"]) == 1
    assert Share.objects.filter(ended_at=None).count() == 1


@USER
def test_what_is_shared_to_read_is_not_written_and_what_is_shared_to_edit_is(office: Office, firm: Customer) -> None:
    share(office, firm, level="full")
    reader = client_of(office, "manager one")
    page = reader.get(f"/customers/{firm.uid}/").content.decode()
    assert f"/customers/{firm.uid}/edit/" not in page
    body = json.dumps({"version": firm.version, "source": "转介绍"})
    assert reader.patch(f"/api/v1/customers/{firm.uid}", body, **JSON).status_code == 403
    assert reader.get(f"/customers/{firm.uid}/edit/").status_code == 403
    with pytest.raises(scope.SharedToRead):
        scope.one(office.viewer("manager one"), Customer.objects.select_for_update(of=("self",)), uid=firm.uid)

    share(office, firm, level="full", may_edit=True)

    assert reader.patch(f"/api/v1/customers/{firm.uid}", body, **JSON).status_code == 200
    firm.refresh_from_db()
    assert firm.source == "转介绍"


@USER
def test_nobody_passes_on_what_is_shared_with_them(office: Office, firm: Customer) -> None:
    share(office, firm, level="full", may_edit=True)

    with pytest.raises(sharing.NotYoursToShare):
        share(office, firm, "success", by="manager one")
    with pytest.raises(NotFound):
        share(office, firm, "success", by="seller two")


@USER
def test_a_post_or_a_department_reads_too_and_new_people_of_it_at_once(office: Office, firm: Customer) -> None:
    share(office, firm, person=None, post="success_manager")
    assert firm in scope.visible(office.viewer("success two"), Customer.objects.all())
    assert firm not in scope.visible(office.viewer("seller two"), Customer.objects.all())
    share(office, firm, person=None, department=office.departments["two"].pk)
    assert firm in scope.visible(office.viewer("seller two"), Customer.objects.all())
    Person.objects.filter(pk=office.person("manager one")).update(department=office.departments["two"])

    assert firm in scope.visible(office.viewer("manager one"), Customer.objects.all())


@pytest.mark.requirement("SEC-04", proof="rule")
def test_a_share_gives_no_right_that_the_posts_do_not_include(office: Office, firm: Customer) -> None:
    share(office, firm, "it", level="full", may_edit=True)

    assert client_of(office, "it").get(f"/customers/{firm.uid}/").status_code == 403


@pytest.mark.requirement("SEC-04", proof="rule")
def test_the_longest_time_is_the_policys_and_one_receiver_is_named(office: Office, firm: Customer) -> None:
    longest = policies.current().get(SharingPolicy).longest_days
    share(office, firm, until=clock.today() + dt.timedelta(days=longest))
    for wrong, field in (
        ({"until": clock.today() + dt.timedelta(days=longest + 1)}, "until"),
        ({"until": clock.today() - dt.timedelta(days=1)}, "until"),
        ({"post": "legal"}, "person"), ({"person": None}, "person"),
        ({"person": office.person("seller one")}, "person"),
        ({"person": None, "department": office.departments["root"].pk}, "department"), ({"reason": " "}, "reason"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            share(office, firm, **wrong)
        assert set(refused.value.data["fields"]) == {field}


@pytest.mark.requirement("SEC-04", proof="rule")
def test_who_has_no_share_asks_the_very_same_question_as_before(office: Office, firm: Customer) -> None:
    before = str(scope.visible(office.viewer("seller two"), Customer.objects.all()).query)
    share(office, firm)

    assert str(scope.visible(office.viewer("seller two"), Customer.objects.all()).query) == before
    shared = str(scope.visible(office.viewer("manager one"), Customer.objects.all()).query)
    assert shared.count('"customers_customer"."owner_id"') == before.count('"customers_customer"."owner_id"')


def test_a_list_asks_as_often_with_many_shares_as_with_one(office: Office, firm: Customer) -> None:
    def asked() -> int:
        client = client_of(office, "manager one")
        client.get("/customers/")
        forget_totals()
        with CaptureQueriesContext(connection) as counted:
            client.get("/customers/")
        return len(counted)

    share(office, firm)
    one = asked()
    for number in range(12):
        share(office, office.firm("seller one", f"杭州第{number}厂"))

    assert asked() == one
