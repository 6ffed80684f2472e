"""One's own duties in one's own calendar: valid, without names, at an address that ends when one says so."""

from __future__ import annotations

import contextlib
import datetime as dt
import re

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access import deputies
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.policies import current
from zhike.interfaces.api import pace
from zhike.interfaces.api.policy import PacePolicy
from zhike.interfaces.web import feeds, icalendar
from zhike.interfaces.web.models import CalendarFeed
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("PLAT-08", proof="user")


@pytest.fixture
def office(db: None) -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    pace.forget()
    return made


def a_duty(office: Office, who: str, firm: Customer) -> Duty:
    now = clock.now()
    return Duty.objects.create(
        code="B-18", customer_id=firm.pk, subject_kind="customer", subject_id=firm.pk, person_id=office.person(who),
        started_at=now, remind_at=now, due_at=now + dt.timedelta(days=1),
        started_by="00000000-0000-7000-8000-000000000001",
    )  # fmt: skip


def parsed(text: str) -> list[dict[str, str]]:
    """The events of a file, read as strictly as RFC 5545 writes them."""
    assert text.endswith("\r\n")
    raw = text.split("\r\n")[:-1]
    assert not any("\n" in line or "\r" in line for line in raw)
    assert all(len(line.encode()) <= 75 for line in raw)
    lines: list[str] = []
    for line in raw:
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert {"VERSION:2.0", "CALSCALE:GREGORIAN"} <= set(lines)
    assert any(line.startswith("PRODID:") for line in lines)
    events: list[dict[str, str]] = []
    for line in lines[1:-1]:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif line != "END:VEVENT":
            name, colon, value = line.partition(":")
            assert colon
            assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[A-Za-z-]+)*", name)
            if events:
                assert name not in events[-1]
                events[-1][name] = value
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
        for name in ("DTSTAMP", "DTSTART", "DTEND"):
            assert re.fullmatch(r"\d{8}T\d{6}Z", event[name])
    assert len({event["UID"] for event in events}) == len(events)
    return events


def address_in(page: str) -> str:
    found = re.search(r"/calendar/[A-Za-z0-9_-]+\.ics", page)
    assert found is not None
    return found[0]


@USER
def test_a_calendar_reads_the_open_duties_with_number_and_time_and_no_name(office: Office) -> None:
    firm = office.firm("seller one", "绍兴澄湖纺织有限公司")
    duty = a_duty(office, "seller one", firm)
    a_duty(office, "other one", office.firm("other one"))
    address = address_in(at_work(office, "seller one", "en").post("/me/calendar/", {"act": "make"}).content.decode())

    answer = Client().get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    [event] = parsed(text)
    assert event["UID"] == f"{duty.uid}@zhike"
    assert firm.number in event["SUMMARY"]
    assert event["DTEND"] == f"{duty.due_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    assert "澄湖" not in text
    assert "seller" not in text
    assert parsed(Client().get(address).content.decode())[0]["UID"] == event["UID"]
    Duty.objects.filter(pk=duty.pk).update(state="fulfilled")
    assert parsed(Client().get(address).content.decode()) == []


@USER
def test_a_new_address_or_the_end_makes_the_old_one_vanish(office: Office) -> None:
    client = at_work(office, "seller one", "en")
    first = address_in(client.post("/me/calendar/", {"act": "make"}).content.decode())
    second = address_in(client.post("/me/calendar/", {"act": "make"}).content.decode())
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert re.search(r"/calendar/[A-Za-z0-9_-]{20,}", client.get("/me/calendar/").content.decode()) is None

    client.post("/me/calendar/", {"act": "end"})

    assert Client().get(second).status_code == 404
    assert second.removeprefix("/calendar/").removesuffix(".ics") not in str(list(CalendarFeed.objects.values()))


def test_who_has_left_is_not_read_any_more(office: Office) -> None:
    secret = feeds.feed_make(viewer=office.viewer("seller one"))
    Person.objects.filter(pk=office.person("seller one")).update(is_active=False)

    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_reading_is_noted_once_a_day_and_not_faster_than_the_pace(office: Office) -> None:
    secret = feeds.feed_make(viewer=office.viewer("seller one"))
    statuses = [Client().get(f"/calendar/{secret}.ics").status_code for _ in range(3)]
    asked = 0
    with contextlib.suppress(pace.TooManyRequests):
        while asked < 2 * current().get(PacePolicy).per_minute:
            pace.take(f"calendar:{feeds.digest(secret)}")
            asked += 1

    assert statuses == [200, 200, 200]
    assert Client().get(f"/calendar/{secret}.ics").status_code == 429
    assert Entry.objects.filter(action="calendar.read").count() == 1
    CalendarFeed.objects.update(read_at=clock.now() - dt.timedelta(days=1, seconds=1))
    pace.forget()
    Client().get(f"/calendar/{secret}.ics")
    assert Entry.objects.filter(action="calendar.read").count() == 2


def test_nobody_makes_the_calendar_of_who_they_stand_in_for(office: Office) -> None:
    made = deputies.deputy_name(
        viewer=office.viewer("seller one"), person=office.person("seller one"), deputy=office.person("other one"),
        since=clock.today(), until=clock.today(),
    )  # fmt: skip
    client = at_work(office, "other one", "en")
    client.post(f"/deputies/{made.uid}/act/")

    assert client.post("/me/calendar/", {"act": "make"}).status_code == 403


def test_text_is_escaped_and_folded_without_cutting_a_character() -> None:
    moment = clock.now()
    title = "逾期；回访, 客户; 第一行\n第二行\\" + "甲" * 60
    [event] = parsed(icalendar.written([icalendar.Entry("x@zhike", title, moment, moment, moment)]))

    plain = event["SUMMARY"].replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert plain == title
