"""The sample company after a night, through the eyes of every post: each page answers or refuses, none breaks."""

import datetime as dt

import pytest
from django.db import connection

from tests.security import routes
from zhike.foundation import records
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.crypto.models import VaultValue
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff
from zhike.insight.models import NightRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FINE = (200, 302, 403, 404, 405)
QUESTIONS = {"/api/v1/find": {"q": "科技"}}  # what an address must be asked to answer at all


@pytest.fixture
def company(tmp_path, settings):
    """A hundred customers, and the night of yesterday."""
    from zhike.insight.public import night_run
    from zhike.sample.public import sample_load

    settings.HOME = tmp_path
    sample_load(
        viewer=system("test"), customers=100, seed=7, as_of=clock.today(), language="zh-hans", progress=lambda *_: None
    )
    night_run(viewer=system("test"), as_of=clock.today() - dt.timedelta(days=1))
    Person.objects.update(must_change_password=False)


def holders(quarter):
    """For each post of one quarter somebody of the company, or somebody new where nobody holds it."""
    for code in list(posts())[quarter::4]:
        found = Person.objects.filter(holdings__post=code, is_active=True).order_by("id").first()
        yield code, signed_in(found or staff(code))


def subjects():
    """For each kind of record one that exists; for nights the newest."""
    found = {kind.code: kind.model._default_manager.order_by("id").first() for kind in records.every()}
    return {code: row.uid for code, row in found.items() if row is not None} | {"nights": NightRun.objects.get().uid}


@pytest.mark.requirement("SEC-04", proof="user")
@pytest.mark.requirement("SEC-09", proof="user")
@pytest.mark.parametrize("half", [0, 1])  # the longest test there is: half the posts on each database, side by side
def test_every_post_gets_an_answer_on_every_page_and_no_whole_personal_value(company, half):
    """Lists, pages, drawers, files and the API, as everybody sees them without asking for a value."""
    values, uids, wrong, leaked, seen = personal_values(), subjects(), [], [], 0
    assert len(values) > 100
    elsewhere = ("logout", "healthz", "readyz")  # the last two speak of the machine, which runs no worker here
    addresses = [a for a in routes.addresses() if "GET" in a.methods and not any(w in a.pattern for w in elsewhere)]
    for code, client in holders(2 * half + (connection.vendor == "sqlite")):
        for address in addresses:
            at = address.at(uids.get(address.kind or address.word, uids["customers"]))
            answer = client.get(at, QUESTIONS.get(at))
            seen += answer.status_code == 200
            invites = address.word == "accounts" or "/welcome/" in address.pattern  # a made-up invitation is gone
            if answer.status_code not in ((*FINE, 410, 422) if invites else FINE):
                wrong.append((code, address.pattern, answer.status_code))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            leaked += [(code, address.pattern, value) for value in values if value in body]
    assert seen > 250
    assert not wrong
    assert not leaked


def personal_values():
    """All values of persons long enough not to be met by chance, as an answer would carry them."""
    from zhike.foundation.crypto import vault

    people = list(VaultValue.objects.values_list("person", flat=True).distinct())
    opened = vault.open_values(people, ["phone", "email", "address", "wechat", "id_number", "birthday"])
    return {value.encode() for kinds in opened.values() for value in kinds.values() if len(value) > 6}
