"""The API does what its own description says: requests made from it, by the hundred, end in no fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks

from tests.security import routes
from zhike.customers.tests.office import opened
from zhike.foundation import records
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.records import Kind, RecordType
from zhike.foundation.records.testing import staff
from zhike.interfaces.api import own, pace, tokens

pytestmark = pytest.mark.django_db
checks.load_all_checks()
PROMISED = [
    checks.not_a_server_error,
    checks.CHECKS.get_one("status_code_conformance"),
    checks.CHECKS.get_one("content_type_conformance"),
    checks.CHECKS.get_one("response_schema_conformance"),
]
# What the framework answers before any operation is asked, of every address alike.
ALWAYS = {400, 404, 405, 413, 422}


@pytest.fixture
def secret() -> str:
    """A program that may do everything any post may."""
    opened()
    person = staff(*posts())
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    day = clock.today() + dt.timedelta(days=30)
    return tokens.token_create(viewer=viewer_of(person), name="probe", expires_on=day, reads_only=False)[1]


@pytest.fixture
def uids() -> dict[str, str]:
    """One record of each kind."""
    from zhike.customers.services.customer import customer_create

    firm = customer_create(viewer=system("test"), kind="firm", name="嘉兴南湖泵业有限公司")
    made = routes.rows_of(firm)
    for code, row in made.items():
        choose(records.get(code), row)
    return {code: str(row.uid) for code, row in made.items()}


def choose(kind: RecordType, row: Any) -> None:
    """Words that mean something where the made-up row has a made-up one."""
    chosen = {
        field.path: field.options[0].code
        for field in kind.fields
        if field.kind in (Kind.CHOICE, Kind.BADGE) and "__" not in field.path and not callable(field.choices)
        if field.options and getattr(row, field.path) not in {option.code for option in field.options}
    }
    if chosen:
        type(row)._base_manager.filter(pk=row.pk).update(**chosen)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application shares the transaction of the test, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def operations_of(schema: Any, code: str) -> Iterator[Any]:
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.tags and operation.tags[0] == code:
            yield operation


def walk(code: str, secret: str, uids: dict[str, str], *, examples: int) -> int:
    schema, asked = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application()), 0
    for operation in operations_of(schema, code):

        @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(), is_there=st.booleans())
        def one(case: Any, is_there: bool) -> None:
            nonlocal asked
            pace.forget()
            if is_there and "uid" in (case.path_parameters or {}) and code in uids:
                case.path_parameters["uid"] = uids[code]
            answer = case.call(headers={"Authorization": f"Bearer {secret}"})
            asked += 1
            fine = [c for c in PROMISED if answer.status_code not in ALWAYS or c is PROMISED[0]]
            case.validate_response(answer, checks=fine)

        one()
    return asked


@pytest.mark.slow
@pytest.mark.requirement("PLAT-06", proof="rule")
@pytest.mark.parametrize("code", [kind.code for kind in records.every()])
def test_what_is_described_is_so(code: str, secret: str, uids: dict[str, str]) -> None:
    assert walk(code, secret, uids, examples=3) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("tag", [router.tags[0] for _address, router in own.ROUTERS])
def test_what_is_described_of_the_caller_is_so(tag: str, secret: str, uids: dict[str, str]) -> None:
    assert walk(tag, secret, uids, examples=5) >= 1


@pytest.mark.bars
@pytest.mark.parametrize("code", [kind.code for kind in records.every()])
def test_what_is_described_is_so_a_hundred_times(code: str, secret: str, uids: dict[str, str]) -> None:
    assert walk(code, secret, uids, examples=100) >= 100
