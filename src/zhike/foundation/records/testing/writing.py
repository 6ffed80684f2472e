"""Generated proof of what is written: forms, API, conflicts, refusals."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from django.test import Client

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records import operations
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.testing.browser import problems_in, signed_in, staff, text_of
from zhike.foundation.records.testing.subject import Subject


class WriteCases(Subject):
    """Create, change and delete: by a person in the drawer and by a program."""

    # --- writing ---------------------------------------------------------------------------------------------------

    def _create_values(self, person: Person) -> dict[str, str]:
        given = inspect.getattr_static(self, "create_values")
        if self.type.create is None or given is None:
            pytest.skip("these records are not made by hand")
        return dict(given(person) if callable(given) else given)

    def test_a_record_is_made_in_the_drawer_and_audited(self, client: Client, person: Person) -> None:
        values = self._create_values(person)
        before, noted = self.type.model.objects.count(), Entry.objects.count()

        assert client.get(self.url("new/")).status_code == 200
        response = client.post(self.url("new/"), values)

        assert response.status_code == 302, problems_in(response)
        assert self.type.model.objects.count() == before + 1
        assert Entry.objects.count() > noted

    def test_what_is_missing_is_named_and_what_was_typed_is_kept(self, client: Client, person: Person) -> None:
        values = self._create_values(person)
        required = [f.key for f in self.type.all_fields if f.required and f.editable and f.key in values]
        if not required:
            pytest.skip("nothing is required")
        missing = {**values, required[0]: ""}
        before = self.type.model.objects.count()

        response = client.post(self.url("new/"), missing)

        assert response.status_code == 422
        assert "is-invalid" in text_of(response)
        for key, value in missing.items():
            if value and self.type.field(key).kind is Kind.TEXT:  # type: ignore[union-attr]
                assert value in text_of(response)
        assert self.type.model.objects.count() == before

    def test_only_a_post_that_may_edit_makes_records(self, row: Any) -> None:
        denied = signed_in(staff(self.denied))

        assert denied.post(self.url("new/"), {}).status_code == 403
        assert denied.post(self.api(), {}, content_type="application/json").status_code in (403, 405)

    def test_a_program_makes_and_reads_the_same_record(self, client: Client, person: Person) -> None:
        values = _as_json(self.type, self._create_values(person))

        response = client.post(self.api(), values, content_type="application/json")

        assert response.status_code == 201, text_of(response)
        again = client.get(response["Location"]).json()
        assert again["uid"] == response.json()["uid"]
        unknown = client.post(self.api(), {**values, "nonsense": 1}, content_type="application/json")
        assert unknown.status_code == 422
        assert "nonsense" in unknown.json()["fields"]

    def _change_values(self) -> dict[str, str]:
        if self.type.update is None or self.change_values is None:
            pytest.skip("these records are not edited")
        return dict(self.change_values)

    def test_a_change_is_saved_raises_the_version_and_is_audited(self, client: Client, row: Any) -> None:
        values, noted = self._change_values(), Entry.objects.count()
        page = client.get(self.url(f"{row.uid}/edit/"))
        typed = {**_form_values(page), **values}

        response = client.post(self.url(f"{row.uid}/edit/"), typed)

        assert response.status_code == 302, problems_in(response)
        changed = self.type.model.objects.get(uid=row.uid)
        assert changed.version == row.version + 1
        assert Entry.objects.count() > noted

    def test_all_that_can_be_done_to_many_asks_its_questions(self, client: Client, person: Person, row: Any) -> None:
        offered = operations.offered(viewer_of(person), self.type)
        if not offered:
            pytest.skip("nothing is done to many of these records")

        for operation in offered:
            asked = client.post(self.url("many/"), {"uid": str(row.uid), "operation": operation.what})

            assert asked.status_code == 200, operation.what
            assert {f.key for f in operation.fields} <= set(asked.context["form"].fields), operation.what

    def test_a_field_of_many_is_tried_out_and_then_changed(self, client: Client, person: Person, row: Any) -> None:
        values = self._change_values()
        known = {operation.what for operation in operations.offered(viewer_of(person), self.type)}
        key = next((key for key in values if f"field:{key}" in known), None)
        if key is None:
            pytest.skip("what is changed here is a name or the vault's")
        sent = {"uid": str(row.uid), "operation": f"field:{key}", key: values[key]}

        tried = client.post(self.url("many/"), {**sent, "do": "preview"})
        present = self.type.model.objects.get(uid=row.uid).version
        done = client.post(self.url("many/"), {**sent, "do": "run", "token": tried.context["token"]})

        assert present == row.version
        assert client.get(done["Location"]).context["counts"] == {"waiting": 0, "done": 1, "refused": 0}
        assert self.type.model.objects.get(uid=row.uid).version > row.version

    def test_a_change_is_taken_back_by_who_made_it(self, client: Client, row: Any) -> None:
        values = self._change_values()
        before = _form_values(client.get(self.url(f"{row.uid}/edit/")))
        client.post(self.url(f"{row.uid}/edit/"), {**before, **values})
        present, noted = self.type.model.objects.get(uid=row.uid).version, Entry.objects.count()

        shown = client.get(self.url(f"{row.uid}/undo/"))
        undone = client.post(self.url(f"{row.uid}/undo/"))

        after = _form_values(client.get(self.url(f"{row.uid}/edit/")))
        assert {one.label for one in shown.context["differences"]} >= {
            str(self.type.field(key).label)
            for key in values  # type: ignore[union-attr]
        }
        assert undone.status_code == 302, problems_in(undone)
        assert {key: after[key] for key in values} == {key: before[key] for key in values}
        assert self.type.model.objects.get(uid=row.uid).version > present
        assert Entry.objects.count() >= noted + 2
        assert client.post(self.url(f"{row.uid}/undo/")).status_code == 409

    def test_what_somebody_changed_since_is_not_taken_back(self, client: Client, row: Any) -> None:
        values = _as_json(self.type, self._change_values())
        changed = client.patch(
            self.api(f"/{row.uid}"), {**values, "version": row.version}, content_type="application/json"
        )
        self.type.model.objects.filter(pk=row.pk).update(version=changed.json()["version"] + 1)

        answer = client.post(self.api(f"/{row.uid}/undo"))

        assert answer.status_code == 409
        assert answer.json()["code"] == "changed_since"

    def test_saving_without_a_change_changes_nothing(self, client: Client, row: Any) -> None:
        self._change_values()
        typed = _form_values(client.get(self.url(f"{row.uid}/edit/")))

        response = client.post(self.url(f"{row.uid}/edit/"), typed)

        assert response.status_code == 302, problems_in(response)
        assert self.type.model.objects.get(uid=row.uid).version == row.version

    def test_a_change_in_between_is_noticed_and_shown_beside_what_was_typed(self, client: Client, row: Any) -> None:
        values = self._change_values()
        typed = {**_form_values(client.get(self.url(f"{row.uid}/edit/"))), **values}
        self.type.model.objects.filter(pk=row.pk).update(version=row.version + 1)

        response = client.post(self.url(f"{row.uid}/edit/"), typed)

        assert response.status_code == 409
        assert "z-conflict" in text_of(response)
        again = {**typed, "version": str(row.version + 1)}
        assert client.post(self.url(f"{row.uid}/edit/"), again).status_code == 302

    def test_a_program_changes_a_record_only_from_the_version_it_read(self, client: Client, row: Any) -> None:
        values = _as_json(self.type, self._change_values())
        address = self.api(f"/{row.uid}")

        without = client.patch(address, values, content_type="application/json")
        stale = client.patch(address, {**values, "version": row.version + 1}, content_type="application/json")
        right = client.patch(address, {**values, "version": row.version}, content_type="application/json")

        assert without.status_code == 422
        assert stale.status_code == 409
        assert stale["Content-Type"] == "application/problem+json"
        assert right.status_code == 200, text_of(right)
        assert right.json()["version"] == row.version + 1

    def test_what_cannot_be_seen_cannot_be_changed_or_deleted(self, row: Any) -> None:
        if not self.owned:
            pytest.skip("all staff see these records")
        stranger = signed_in(staff(self.allowed))

        assert stranger.get(self.url(f"{row.uid}/edit/")).status_code in (403, 404)
        assert stranger.post(self.url(f"{row.uid}/delete/")).status_code in (403, 404)
        body = {"version": row.version, **_as_json(self.type, dict(self.change_values or {}))}
        response = stranger.patch(self.api(f"/{row.uid}"), body, content_type="application/json")
        assert response.status_code in (403, 404, 405)

    def test_deleting_asks_names_the_record_and_removes_it_from_the_list(self, client: Client, row: Any) -> None:
        if self.type.delete is None:
            pytest.skip("these records are not deleted")
        asked = client.get(self.url(f"{row.uid}/delete/"))
        assert asked.status_code == 200

        response = client.post(self.url(f"{row.uid}/delete/"))

        assert response.status_code == 302
        assert client.get(self.url(f"{row.uid}/")).status_code == 404
        assert str(row.uid) not in text_of(client.get(self.api()))

    def test_what_was_deleted_waits_in_the_bin_and_comes_back(self, client: Client, person: Person, row: Any) -> None:
        if self.type.restore is None:
            pytest.skip("these records are not deleted")
        client.post(self.url(f"{row.uid}/delete/"))
        noted = Entry.objects.count()

        bins = [text_of(client.get(address)) for address in ("/bin/", self.url("bin/"))]
        stranger = signed_in(staff(self.allowed))
        denied = signed_in(staff(self.denied))
        back = client.post(self.url(f"{row.uid}/restore/"))

        assert all(str(row.uid) in page and person.name in page for page in bins)
        assert str(row.uid) not in text_of(denied.get("/bin/"))
        assert denied.get(self.url("bin/")).status_code == 403
        if self.owned:
            assert str(row.uid) not in text_of(stranger.get(self.url("bin/")))
            assert stranger.post(self.url(f"{row.uid}/restore/")).status_code == 404
        assert back.status_code == 302, problems_in(back)
        assert client.get(self.url(f"{row.uid}/")).status_code == 200
        assert str(row.uid) in text_of(client.get(self.api()))
        assert str(row.uid) not in text_of(client.get(self.url("bin/")))
        assert Entry.objects.count() > noted

    def test_a_program_lists_what_was_deleted_and_restores_it(self, client: Client, person: Person, row: Any) -> None:
        if self.type.restore is None:
            pytest.skip("these records are not deleted")
        assert client.delete(self.api(f"/{row.uid}")).status_code == 204

        listed = client.get(self.api("/deleted")).json()["items"]
        again = client.post(self.api(f"/{row.uid}/restore"), {}, content_type="application/json")
        twice = client.post(self.api(f"/{row.uid}/restore"), {}, content_type="application/json")
        as_form = client.post(self.api(f"/{row.uid}/restore"), {"uid": "1"})

        assert [(one["uid"], one["deleted_by"]) for one in listed] == [(str(row.uid), person.name)]
        assert again.status_code == 200, text_of(again)
        assert again.json()["uid"] == str(row.uid)
        assert twice.status_code == 404
        assert as_form.status_code == 422
        assert client.get(self.api("/deleted")).json() == {"items": [], "next": None}

    def test_the_bin_shows_no_secret(self, client: Client, row: Any) -> None:
        if self.type.restore is None:
            pytest.skip("these records are not deleted")
        client.post(self.url(f"{row.uid}/delete/"))

        shown = "".join(text_of(client.get(a)) for a in ("/bin/", self.url("bin/"), self.api("/deleted")))

        assert not [secret for secret in self.secrets if secret in shown]


def _form_values(response: Any) -> dict[str, str]:
    """What a browser would send back unchanged."""
    form = response.context["form"]
    found: dict[str, str] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, forms.BooleanField):
            found |= {bound.html_name: "on"} if value else {}
            continue
        found[bound.html_name] = "" if value is None else str(bound.field.prepare_value(value))
        if hasattr(bound.field.widget, "format_value") and value not in (None, ""):
            shown = bound.field.widget.format_value(value)
            found[bound.html_name] = shown[0] if isinstance(shown, list) else str(shown)
    return found


def _as_json(record_type: RecordType, typed: Mapping[str, str]) -> dict[str, Any]:
    """What a person types, as a program would send it."""
    found: dict[str, Any] = {}
    for key, value in typed.items():
        field = record_type.field(key)
        assert field is not None, key
        into = found.setdefault("custom", {}) if field.custom else found
        match field.kind:
            case Kind.NUMBER | Kind.PERCENT:
                into[key] = float(value) if field.digits else int(value)
            case Kind.MONEY:
                into[key] = round(float(value) * 100)
            case Kind.BOOL:
                into[key] = value == "1"
            case Kind.DATETIME:
                into[key] = f"{value}:00+08:00" if "+" not in value else value
            case _:
                into[key] = value
    return found
