"""Generated proof of the ways through a list: from one record to the next, and from one month to the next."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.kit import clock
from zhike.foundation.records import keyset, selector
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing.browser import signed_in, staff, text_of
from zhike.foundation.records.testing.subject import Subject


class WalkCases(Subject):
    """Previous and next, and the calendar."""

    def test_every_offered_order_is_walked_record_by_record(self, person: Person, row: Any) -> None:
        for _ in range(3):
            type(self).make(person)
        viewer = viewer_of(person)

        for spec in queries.sorts_for(viewer, self.type):
            for sort in (spec.field, f"-{spec.field}"):
                asked = queries.parse(viewer, self.type, QueryDict(f"sort={sort}"))
                ids, _is_all = selector.first_ids(viewer, self.type, asked, 0, 50)
                steps = [keyset.around(viewer, self.type, asked, pk) for pk in ids]

                assert [before for before, _after in steps] == [None, *ids[:-1]][: len(ids)], sort
                assert [after for _before, after in steps] == [*ids[1:], None][: len(ids)], sort

    def test_a_page_opened_from_a_list_leads_to_its_neighbours_at_a_constant_cost(
        self, client: Client, person: Person, row: Any
    ) -> None:
        for _ in range(2):
            type(self).make(person)
        asked = queries.parse(viewer_of(person), self.type, QueryDict())
        ids, _is_all = selector.first_ids(viewer_of(person), self.type, asked, 0, 50)
        known = type(row)._base_manager.in_bulk(ids)
        ordered = [known[pk] for pk in ids]
        address = f"{self.type.link(ordered[1].uid)}?in="

        listed = text_of(client.get(self.url("?as=table")))
        page = client.get(address)

        assert f'href="{address}"' in listed
        assert [str(ordered[n].uid) in link for n, link in ((0, _previous(page)), (2, _next(page)))] == [True, True]
        assert f'href="{_next(page)}"' in text_of(page)
        assert self._cost(client, address) <= self._cost(client, self.type.link(ordered[1].uid)) + 8

    def _cost(self, client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    def test_neighbours_outside_the_scope_are_not_led_to(self, person: Person, row: Any) -> None:
        if not self.owned:
            pytest.skip("all staff see these records")
        stranger = staff(self.allowed)
        theirs = type(self).make(stranger)

        page = signed_in(stranger).get(f"{self.type.link(theirs.uid)}?in=")

        assert (_previous(page), _next(page)) == ("", "")

    def test_the_calendar_shows_the_record_on_its_day_in_month_and_week(
        self, client: Client, person: Person, row: Any
    ) -> None:
        for key in self.type.calendar.by if self.type.calendar else ():
            field = self.type.field(key)
            value = field and type(row)._base_manager.values_list(field.path, flat=True).get(pk=row.pk)
            if field is None or value is None:
                continue
            day: dt.date = clock.local(value).date() if field.kind is Kind.DATETIME else value
            year, week, _weekday = day.isocalendar()
            for span in (f"{day:%Y-%m}", f"{year}-W{week:02d}"):
                page = client.get(self.url(f"?as=calendar&cal={span}&cal_by={key}"))
                here = [one for one in page.context["days"] if any(str(row.uid) in e.link for e in one.entries)]

                assert [one.date for one in here] == [day], span
            far = client.get(self.url(f"?as=calendar&cal=1999-01&cal_by={key}"))
            assert far.context["count"] == 0
            stranger = signed_in(staff(self.allowed))
            if self.owned:
                assert str(row.uid) not in text_of(stranger.get(self.url(f"?as=calendar&cal={span}&cal_by={key}")))

    def test_a_calendar_is_offered_where_there_is_one_and_takes_any_month(self, client: Client, row: Any) -> None:
        if self.type.calendar is None:
            assert "as=calendar" not in text_of(client.get(self.url("?as=calendar")))
            return
        for span in ("", "2026-02", "2026-W53", "2026-13", "0000-00", "9999-99", "x", "2198-12", "1901-01"):
            page = client.get(self.url(f"?as=calendar&cal={quote(span)}"))

            assert page.status_code == 200, span
            assert len(page.context["days"]) % 7 == 0
        client.get(self.url("?as=table"))


def _previous(page: Any) -> str:
    return str(page.context["around"].previous)


def _next(page: Any) -> str:
    return str(page.context["around"].next)
