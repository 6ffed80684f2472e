"""The API as programs meet it: problems, odd input without a fault, a description that is true."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhike.foundation import records
from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.api import mount

pytestmark = pytest.mark.django_db
# The database is the same for all examples of a test: what they leave behind does not matter to "no fault".
odd = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def codes() -> list[str]:
    return [kind.code for kind in records.every()]


@pytest.fixture
def person() -> Person:
    return staff("management", "customer_manager", "sales_lead", "service_supervisor")


def keys_of(code: str) -> list[str]:
    kind = records.get(code)
    return [f.key for f in kind.fields] + ["version", "accept_duplicate", "nonsense"]


@odd
@given(data=st.data())
def test_no_question_to_a_list_is_a_fault(data: Any, person: Person, codes: list[str]) -> None:
    code = data.draw(st.sampled_from(codes))
    names = [*keys_of(code), "limit", "after", "sort", "q", "page", "total"]
    names += [f"{key}__{end}" for key in keys_of(code) for end in ("from", "to")]
    query = data.draw(st.dictionaries(st.sampled_from(names), st.text(max_size=24), max_size=4))

    response = signed_in(person).get(f"/api/v1/{code}", query)
    page = signed_in(person).get(f"/{code}/", query)

    assert response.status_code in (200, 403, 422), text_of(response)
    assert page.status_code in (200, 403)


@odd
@given(data=st.data())
def test_no_body_is_a_fault(data: Any, person: Person, codes: list[str]) -> None:
    code = data.draw(st.sampled_from(codes))
    body = data.draw(st.dictionaries(st.sampled_from(keys_of(code)), JSON, max_size=6) | JSON)
    text = json.dumps(body)

    made = signed_in(person).post(f"/api/v1/{code}", text, content_type="application/json")

    assert made.status_code in (201, 403, 405, 409, 422, 400), text_of(made)
    if made.status_code >= 400 and made.status_code != 405:
        assert made["Content-Type"] == "application/problem+json"
        assert re.fullmatch(r"[a-z_]+", made.json()["code"])


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null", "\ufeff{}", "{" * 500])
def test_what_is_no_json_object_is_named(person: Person, text: str) -> None:
    response = signed_in(person).post("/api/v1/customers", text, content_type="application/json")

    assert response.status_code == 422
    assert set(response.json()["fields"]) == {"body"}


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "WyIiLDEsLTFd", "WyIiLG51bGwsInh4Il0", "=" * 50])
def test_a_cursor_of_elsewhere_is_refused(person: Person, cursor: str) -> None:
    response = signed_in(person).get("/api/v1/customers", {"after": cursor})

    assert response.status_code == 422
    assert "after" in response.json()["fields"]


def test_a_problem_speaks_the_language_of_the_person() -> None:
    chinese, english = staff("it_team"), staff("it_team", language="en")

    assert "岗位" in signed_in(chinese).get("/api/v1/customers").json()["title"]
    assert "post" in signed_in(english).get("/api/v1/customers").json()["title"]


def test_an_unknown_address_of_the_api_is_a_problem_too(person: Person) -> None:
    response = signed_in(person).get("/api/v1/no/such/thing")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_the_description_names_every_kind_and_is_sound(person: Person, codes: list[str]) -> None:
    schema = signed_in(person).get("/api/v1/openapi.json").json()

    assert schema["openapi"].startswith("3.1")
    operations = [op for path in schema["paths"].values() for op in path.values()]
    ids = [op["operationId"] for op in operations]
    assert len(ids) == len(set(ids))
    for code in codes:
        assert f"/api/v1/{code}" in schema["paths"], code
    assert "nullable" not in json.dumps(schema), "3.1 says type: [..., null]"


def test_answers_have_the_fields_that_the_description_promises(person: Person) -> None:
    from zhike.customers.services.customer import customer_create
    from zhike.foundation.access.people import viewer_of

    customer_create(viewer=viewer_of(person), kind="firm", name="描述有限公司")
    schema = mount.api().get_openapi_schema(path_prefix="/api/v1/")
    promised = schema["paths"]["/api/v1/customers"]["get"]["responses"][200]["content"]["application/json"]["schema"]

    body = signed_in(person).get("/api/v1/customers").json()

    assert set(promised["required"]) <= set(body)
    fields = promised["properties"]["items"]["items"]["properties"]
    assert set(body["items"][0]) <= set(fields)


def test_a_person_with_a_first_password_gets_nothing_through_the_api(person: Person) -> None:
    client = signed_in(person)
    Person.objects.filter(pk=person.pk).update(must_change_password=True)

    answer = client.get("/api/v1/customers")

    assert (answer.status_code, answer.json()["code"]) == (403, "first_password")


@pytest.mark.parametrize("method", ["post", "patch", "delete", "put"])
def test_writing_without_a_session_is_refused(method: str) -> None:
    response = getattr(signed_in(None), method)("/api/v1/customers", "{}", content_type="application/json")

    assert response.status_code in (401, 405)
