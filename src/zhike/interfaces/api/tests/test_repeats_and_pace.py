"""A call sent twice is done once; a token that asks too often waits."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from zhike.customers.models import Customer
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records.testing import staff, text_of
from zhike.interfaces.api import pace, repeats, tokens
from zhike.interfaces.api.models import RepeatableCall
from zhike.interfaces.api.policy import PacePolicy, RepeatPolicy

FIRM = {"kind": "firm", "name": "嘉兴南湖泵业有限公司"}


@pytest.fixture(autouse=True)
def full_buckets() -> None:
    pace.forget()


def program(*posts: str) -> tuple[Person, str]:
    """Somebody, and the secret of a token that may write."""
    person = staff(*(posts or ("customer_manager",)))
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    day = clock.today() + dt.timedelta(days=30)
    return person, tokens.token_create(viewer=viewer_of(person), name="ERP", expires_on=day, reads_only=False)[1]


def send(secret: str, key: str | None, body: Any = FIRM, path: str = "/api/v1/customers") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} | ({} if key is None else {"Idempotency-Key": key})
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.django_db
@pytest.mark.requirement("PLAT-06", proof="user")
def test_a_program_that_lost_the_answer_asks_again_and_gets_it() -> None:
    person, secret = program()

    first, second = send(secret, "order-17"), send(secret, "order-17")

    assert first.status_code == second.status_code == 201, text_of(second)
    assert first.json() == second.json()
    assert first["Location"] == second["Location"]
    assert (first.get(repeats.REPLAYED), second.get(repeats.REPLAYED)) == (None, "true")
    assert Customer.objects.count() == 1
    assert Entry.objects.filter(action="customer.create", actor_id=person.pk).count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_call_is_refused_and_does_nothing() -> None:
    _person, secret = program()
    send(secret, "order-17")

    other = send(secret, "order-17", FIRM | {"name": "海宁皮革有限公司"})

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_call_keeps_nothing_so_that_it_can_be_corrected_and_sent_again() -> None:
    _person, secret = program()

    refused = send(secret, "order-17", {"kind": "firm"})
    made = send(secret, "order-17")

    assert (refused.status_code, made.status_code) == (422, 201)


@pytest.mark.django_db
def test_a_key_belongs_to_its_person() -> None:
    (_one, first), (_two, second) = program(), program()
    send(first, "order-17")

    other = send(second, "order-17", FIRM | {"name": "海宁皮革有限公司"})

    assert other.status_code == 201
    assert Customer.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 129, "zeile\x01"])
def test_a_key_that_is_none_is_named(key: str) -> None:
    answer = send(program()[1], key)

    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {repeats.HEADER}


@pytest.mark.django_db
def test_a_key_is_forgotten_when_its_time_is_over_and_not_before() -> None:
    _person, secret = program()
    send(secret, "old")
    send(secret, "new", FIRM | {"name": "海宁皮革有限公司"})
    hours = current().get(RepeatPolicy).kept_hours
    before = clock.now() - dt.timedelta(hours=hours, minutes=1)
    old = RepeatableCall.objects.earliest("id")
    RepeatableCall.objects.filter(pk=old.pk).update(created_at=before)

    assert repeats.forget() == 1
    assert RepeatableCall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_record() -> None:
    _person, secret = program()
    answers: list[Any] = []

    def one() -> None:
        try:
            answers.append(send(secret, "order-17"))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [a.status_code for a in answers] == [201] * 8, [text_of(a) for a in answers]
    assert len({a.json()["uid"] for a in answers}) == 1
    assert Customer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.requirement("SEC-06", proof="rule")
def test_a_token_that_asks_too_often_waits_and_is_told_how_long(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    limit = current().get(PacePolicy).per_minute
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)

    given = [pace.take("one") for _ in range(limit)]
    assert (given[0].left, given[-1].left) == (limit - 1, 0)
    assert given[0].headers["RateLimit-Policy"] == f'"token";q={limit};w=60'
    with pytest.raises(pace.TooManyRequests) as refused:
        pace.take("one")
    assert refused.value.data["seconds"] == 1
    assert pace.take("another").left == limit - 1, "each token has a bucket of its own"

    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(minutes=1))
    assert pace.take("one").left == limit - 1


@pytest.mark.django_db
def test_an_answer_says_what_is_left_and_a_refusal_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _person, secret = program()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    header = {"Authorization": f"Bearer {secret}"}
    first = Client().get("/api/v1/customers", headers=header)
    for _ in range(current().get(PacePolicy).per_minute - 1):
        pace.take(tokens.digest(secret))

    last = Client().get("/api/v1/customers", headers=header)

    assert first.status_code == 200
    assert first["RateLimit"].startswith('"token";r=')
    assert (last.status_code, last.json()["code"]) == (429, "too_many_requests")
    assert last["Retry-After"] == "1"
    assert last["Content-Type"] == "application/problem+json"


def test_made_up_tokens_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_KEPT", 50)
    monkeypatch.setattr(pace, "current", lambda: _Fixed())
    for number in range(200):
        pace.take(str(number))

    assert len(pace._full_at) == 50


class _Fixed:
    def get(self, _policy: type) -> PacePolicy:
        return PacePolicy(per_minute=60)
