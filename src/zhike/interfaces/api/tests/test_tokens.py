"""Tokens for programs: what they open, what they do not, and who makes and ends them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import Any

import pytest
from django.test import Client

from zhike.foundation.access.matrix import Area
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.policies import current
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.api import tokens
from zhike.interfaces.api.models import ApiToken
from zhike.interfaces.api.policy import TokenPolicy

pytestmark = pytest.mark.django_db
FIRM = {"kind": "firm", "name": "嘉兴南湖泵业有限公司"}


@pytest.fixture
def person() -> Person:
    made = staff("customer_manager")
    Person.objects.filter(pk=made.pk).update(must_change_password=False)
    return Person.objects.get(pk=made.pk)


def secret_of(person: Person, *, days: int = 30, **options: Any) -> str:
    day = clock.today() + dt.timedelta(days=days)
    return tokens.token_create(viewer=viewer_of(person), name="ERP", expires_on=day, **options)[1]


def ask(secret: str, path: str = "/api/v1/customers", body: Any = None) -> Any:
    """A program without a browser: no cookies; CSRF would be asked of it where it is asked at all."""
    client, header = Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {secret}"}
    if body is None:
        return client.get(path, headers=header)
    return client.post(path, json.dumps(body), content_type="application/json", headers=header)


@pytest.mark.requirement("SEC-06", proof="user")
def test_a_person_makes_a_token_on_a_page_and_a_program_reads_and_writes_with_it(person: Person) -> None:
    page = signed_in(person)
    suggested = clock.today() + dt.timedelta(days=90)
    assert f'value="{suggested.isoformat()}"' in page.get("/me/tokens/").content.decode(), "as browsers read a day"
    form = {"name": "ERP", "expires_on": (clock.today() + dt.timedelta(days=30)).isoformat(), "reach": "writes"}
    shown = page.post("/me/tokens/", form).content.decode()
    secret = re.search(r"<code class=\"z-secret\"[^>]*>(zk_[\w-]+)</code>", shown)
    assert secret is not None
    assert secret[1] not in page.get("/me/tokens/").content.decode(), "shown once"

    made = ask(secret[1], body=FIRM)
    assert made.status_code == 201, text_of(made)
    listed = ask(secret[1])
    assert [row["name"] for row in listed.json()["items"]] == [FIRM["name"]]
    assert listed["Cache-Control"] == "private, no-store"
    entry = Entry.objects.get(action="customer.create")
    assert (entry.actor_id, secret[1][:9] in entry.address) == (person.pk, True), "the log names person and token"


def test_the_secret_is_not_kept(person: Person) -> None:
    secret = secret_of(person)

    token = ApiToken.objects.get()
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in json.dumps(list(ApiToken.objects.values()), default=str)
    assert secret not in json.dumps(list(Entry.objects.values()), default=str)


@pytest.mark.requirement("SEC-06", proof="rule")
def test_a_token_that_only_reads_writes_nothing(person: Person) -> None:
    secret = secret_of(person)

    assert ask(secret).status_code == 200
    refused = ask(secret, body=FIRM)
    assert (refused.status_code, refused.json()["code"]) == (403, "token_reads_only")
    assert not Entry.objects.filter(action="customer.create").exists()


def test_a_token_opens_no_more_than_its_areas(person: Person) -> None:
    secret = secret_of(person, areas=["tickets"])

    assert ask(secret, "/api/v1/tickets").status_code == 200
    assert ask(secret).status_code == 403


def test_a_token_opens_no_more_than_its_person_may_today(person: Person) -> None:
    secret = secret_of(person, reads_only=False)
    assert ask(secret).status_code == 200

    PostHolding.objects.filter(person=person).delete()
    assert ask(secret).status_code == 403


@pytest.mark.requirement("SEC-06", proof="rule")
@pytest.mark.parametrize("wrong", ["", "zk_", "zk_nothing", "zk_汉字", "Bearer", "zk_" + "a" * 5_000])
def test_what_is_no_token_opens_nothing(person: Person, wrong: str) -> None:
    answer = Client().get("/api/v1/customers", headers={"Authorization": f"Bearer {wrong}".encode().decode("latin-1")})

    assert (answer.status_code, answer.json()["code"]) == (401, "token_opens_nothing")


def test_a_token_ends_by_its_day_by_its_person_and_when_the_person_leaves(person: Person) -> None:
    ended, left = secret_of(person), secret_of(person)
    late = secret_of(person)
    ApiToken.objects.filter(digest=hashlib.sha256(late.encode()).hexdigest()).update(
        expires_on=clock.today() - dt.timedelta(days=1)
    )
    assert ask(late).status_code == 401

    token = ApiToken.objects.get(digest=hashlib.sha256(ended.encode()).hexdigest())
    answer = signed_in(person).post(f"/me/tokens/{token.uid}/end/")
    assert answer.status_code == 302
    assert ask(ended).status_code == 401
    assert Entry.objects.filter(action="token.end", object_uid=token.uid).count() == 1

    assert ask(left).status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert ask(left).status_code == 401


def test_before_the_first_password_is_replaced_a_token_opens_nothing(person: Person) -> None:
    secret = secret_of(person)
    Person.objects.filter(pk=person.pk).update(must_change_password=True)

    assert ask(secret).status_code == 401


def test_nobody_ends_or_sees_the_token_of_a_colleague_but_it(person: Person) -> None:
    secret_of(person)
    token, colleague, engineer = ApiToken.objects.get(), staff("customer_manager"), staff("it_team")

    assert not tokens.visible_tokens(viewer_of(colleague)).exists()
    with pytest.raises(NotFound):
        tokens.token_end(viewer=viewer_of(colleague), uid=token.uid)
    assert tokens.token_end(viewer=viewer_of(engineer), uid=token.uid).revoked_at is not None


def test_a_token_speaks_for_the_api_alone(person: Person) -> None:
    secret = secret_of(person, reads_only=False)

    page = Client().get("/customers/", headers={"Authorization": f"Bearer {secret}"})
    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_days_areas_and_number_have_bounds(person: Person) -> None:
    rules = current().get(TokenPolicy)
    viewer = viewer_of(person)
    assert not viewer.levels.get(Area.SETTINGS)

    for problem, options in {
        "expires_on": {"days": rules.days_max + 1}, "areas": {"areas": ["settings"]},
    }.items():  # fmt: skip
        with pytest.raises(Invalid) as refused:
            secret_of(person, **options)
        assert list(refused.value.data["fields"]) == [problem]
    secret_of(person, days=rules.days_max)
    for _ in range(rules.per_person - 1):
        secret_of(person)
    with pytest.raises(tokens.TooManyTokens):
        secret_of(person)
    page = signed_in(person).post(
        "/me/tokens/", {"name": "CRM", "expires_on": clock.today().isoformat(), "reach": "reads"}
    )
    assert page.status_code == 422
    assert f"您已有 {rules.per_person} 个有效令牌" in page.content.decode()
