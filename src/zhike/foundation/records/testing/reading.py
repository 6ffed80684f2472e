"""Generated proof of what is read: permission, values, lists, exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records import acts, operators, selector, values
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.records.testing.browser import NOBODY, signed_in, staff, text_of
from zhike.foundation.records.testing.samples import sample
from zhike.foundation.records.testing.subject import Subject
from zhike.foundation.records.where import Group, Leaf, write


class ReadCases(Subject):
    """Who sees what, in which order, and at which cost."""

    # --- who may ---------------------------------------------------------------------------------------------------

    def test_nobody_sees_anything_without_signing_in(self, row: Any) -> None:
        client = signed_in(None)

        for address in self.addresses(row):
            response = client.get(address)

            assert response.status_code == (401 if address.startswith("/api/") else 302), address

    def test_a_post_without_the_area_is_refused_everywhere(self, row: Any) -> None:
        client = signed_in(staff(self.denied))

        for address in self.addresses(row):
            assert client.get(address).status_code == 403, address

    def test_a_post_with_the_area_gets_every_page(self, client: Client, row: Any) -> None:
        for address in self.addresses(row):
            assert client.get(address).status_code == 200, address

    def test_what_lies_outside_the_scope_does_not_exist(self, row: Any) -> None:
        if not self.owned:
            pytest.skip("all staff see these records")
        stranger = signed_in(staff(self.allowed))

        assert str(row.uid) not in text_of(stranger.get(self.url()))
        assert str(row.uid) not in text_of(stranger.get(self.api()))
        for address in (self.url(f"{row.uid}/"), self.url(f"{row.uid}/peek/"), self.api(f"/{row.uid}")):
            assert stranger.get(address).status_code == 404, address

    def test_a_record_that_does_not_exist_looks_like_one_that_may_not_be_seen(self, client: Client) -> None:
        for address in (self.url(f"{NOBODY}/"), self.url(f"{NOBODY}/peek/"), self.api(f"/{NOBODY}")):
            assert client.get(address).status_code == 404, address

    # --- values ----------------------------------------------------------------------------------------------------

    def test_full_values_of_masked_fields_are_sent_nowhere(self, client: Client, row: Any) -> None:
        if not self.secrets:
            pytest.skip("no masked values in this case")
        for address in (*self.addresses(row), self.url(f"{row.uid}/edit/")):
            sent = text_of(client.get(address))

            for secret in self.secrets:
                assert secret not in sent, address

    def test_fields_that_the_post_does_not_include_are_named_as_withheld(self, row: Any, person: Person) -> None:
        body = signed_in(person).get(self.api(f"/{row.uid}")).json()

        assert body["withheld"] == values.withheld(viewer_of(person), self.type)
        assert not set(body["withheld"]) & set(body)

    # --- acts and board --------------------------------------------------------------------------------------------

    def test_an_offered_act_opens_its_form_and_the_others_are_refused_or_explained(
        self, client: Client, person: Person, row: Any
    ) -> None:
        if not self.type.acts:
            pytest.skip("these records have no acts")
        page = text_of(client.get(self.url(f"{row.uid}/peek/")))
        viewer = viewer_of(person)
        shown = {act.code for act in acts.offered(viewer, self.type, acts.row_of(viewer, self.type, row.uid))}

        for act in self.type.acts:
            address = self.url(f"{row.uid}/do/{act.code}/")
            expected = 200 if acts.is_shown(viewer, self.type, act) else 403
            assert client.get(address).status_code == expected, act.code
            assert (address in page) == (act.code in shown), act.code

    def test_an_act_belongs_to_those_who_see_the_record(self, row: Any) -> None:
        denied = signed_in(staff(self.denied))
        strangers = [signed_in(staff(self.allowed))] if self.owned else []

        for act in self.type.acts:
            assert denied.get(self.url(f"{row.uid}/do/{act.code}/")).status_code in (403, 404), act.code
            body = {"version": row.version}
            for client in (denied, *strangers):
                answer = client.post(self.api(f"/{row.uid}/{act.code}"), body, content_type="application/json")
                assert answer.status_code in (403, 404), act.code

    def test_the_board_shows_the_record_in_its_column_and_the_table_stays_chosen(
        self, client: Client, row: Any
    ) -> None:
        if self.type.board is None:
            pytest.skip("these records have no board")

        assert str(row.uid) in text_of(client.get(self.url(), {"as": "board"}))
        assert 'data-board="' in text_of(client.get(self.url()))
        assert "<tbody" in text_of(client.get(self.url(), {"as": "table"}))
        assert "<tbody" in text_of(client.get(self.url()))

    def test_every_condition_of_the_filter_builder_is_answered(self, person: Person, row: Any) -> None:
        """And what does not fit a condition fits its opposite: together they are all records."""
        viewer = viewer_of(person)
        everything = self._found(viewer, "")
        assert operators.fields_for(viewer, self.type)
        for field in operators.fields_for(viewer, self.type):
            found: dict[str, int] = {}
            for operator in operators.operators_of(self.type, field):
                leaf = Leaf(field.key, operator, sample(field, operator))
                found[operator] = self._found(viewer, write(Group("any", (leaf,))))
            for operator, opposite in (("is", "is_not"), ("contains", "lacks"), ("empty", "filled")):
                if opposite in found:
                    assert found[operator] + found[opposite] == everything, (field.key, operator)

    def _found(self, viewer: Any, where: str) -> int:
        question = QueryDict(mutable=True)
        question["where"] = where
        asked = queries.parse(viewer, self.type, question)
        assert not asked.problems, where
        return selector.counted_exactly(viewer, self.type, asked).count

    # --- lists -----------------------------------------------------------------------------------------------------

    def test_a_list_costs_the_same_number_of_queries_for_one_row_and_for_many(
        self, client: Client, person: Person, row: Any
    ) -> None:
        for address in (self.url(), self.api()):
            client.get(address)
            few = self._queries(client, address)
            for _ in range(4):
                type(self).make(person)
            many = self._queries(client, address)

            assert many == few, address

    def _queries(self, client: Client, address: str) -> int:
        """The least of three: what a process keeps for some seconds may run out in between."""
        counts = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return min(counts)

    def test_every_offered_order_works_both_ways(self, client: Client, person: Person, row: Any) -> None:
        type(self).make(person)

        for sort in self.type.all_sorts:
            for name in (sort.field, f"-{sort.field}"):
                assert client.get(self.url(), {"sort": name}).status_code == 200, name
                assert client.get(self.api(), {"sort": name}).status_code == 200, name

    def test_an_order_that_is_not_offered_is_refused(self, client: Client) -> None:
        assert client.get(self.api(), {"sort": "nonsense"}).status_code == 422
        assert client.get(self.url(), {"sort": "nonsense"}).status_code == 200

    def test_every_filter_can_be_asked_and_answers_nonsense_with_a_problem(self, client: Client, row: Any) -> None:
        for field in self.type.all_fields:
            if field.filterable:
                for parameter, value in _questions(field):
                    assert client.get(self.api(), {parameter: value}).status_code in (200, 422), parameter
                    assert client.get(self.url(), {parameter: value}).status_code == 200, parameter
        assert client.get(self.api(), {"no_such_filter": "1"}).status_code == 422

    def test_paging_by_cursor_gives_every_record_once(self, client: Client, person: Person, row: Any) -> None:
        rows = [row, *(type(self).make(person) for _ in range(4))]
        for sort in ("", *(f"{sign}{s.field}" for s in self.type.all_sorts for sign in ("", "-"))):
            seen: list[str] = []
            cursor = ""
            while True:
                body = client.get(self.api(), {"limit": "2", "after": cursor, "sort": sort}).json()
                seen += [item["uid"] for item in body["items"]]
                cursor = body["next"]
                if not cursor:
                    break

            assert len(seen) == len(set(seen)), sort
            assert len(seen) <= len(rows) or not self.owned, sort

    # --- files -----------------------------------------------------------------------------------------------------

    def test_an_export_holds_the_visible_rows_and_is_audited(self, client: Client, row: Any) -> None:
        noted = Entry.objects.filter(action="records.exported").count()

        lines = text_of(client.get(self.url("export.csv"))).strip().splitlines()
        workbook = client.get(self.url("export.xlsx"))

        assert len(lines) >= 2
        assert workbook.status_code == 200
        assert b"".join(workbook.streaming_content).startswith(b"PK")
        assert Entry.objects.filter(action="records.exported").count() == noted + 2

    def test_only_selected_rows_are_exported(self, client: Client, person: Person, row: Any) -> None:
        type(self).make(person)

        response = client.post(self.url("export.csv"), {"uid": [str(row.uid)]})

        assert len(text_of(response).strip().splitlines()) == 2


def _questions(field: Field) -> Iterator[tuple[str, str]]:
    yield field.key, "nonsense"
    yield field.key, "none"
    match field.kind:
        case Kind.NUMBER | Kind.MONEY | Kind.PERCENT:
            yield from ((f"{field.key}__from", "1"), (f"{field.key}__to", "1000"), (f"{field.key}__from", "x"))
        case Kind.DATE | Kind.DATETIME:
            yield from ((f"{field.key}__from", "-30d"), (f"{field.key}__to", "today"), (field.key, "2026-02-30"))
        case Kind.CHOICE | Kind.BADGE:
            yield from ((field.key, choice.code) for choice in field.options)
        case Kind.BOOL:
            yield from ((field.key, "1"), (field.key, "0"))
        case Kind.PERSON:
            yield from ((field.key, "me"), (field.key, NOBODY))
        case Kind.DEPARTMENT:
            yield from ((field.key, "mine"), (field.key, NOBODY))
        case Kind.RELATION:
            yield field.key, NOBODY
