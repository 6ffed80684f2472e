"""For every address five requests: by nobody, by a post that may, by one that may not, for what lies out of reach, and
for what does not exist. Driven by what each address declares: a new one is tested from its first day."""

import re
import uuid
from collections import Counter

import pytest

from tests.security import routes
from zhike.customers.models import Customer, CustomerState
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.routes import Door
from zhike.foundation.records.testing import signed_in, staff

pytestmark = pytest.mark.django_db
SEVERAL = 4  # posts by which each door is tried: those nearest to the wrong answer
SENT = {"sure": "1", "reason": "x", "version": "1", "uid": [], "kind": "call", "feedback": "x"}


@pytest.fixture
def rows(office):
    """One record of each kind, of a customer of the first department."""
    return routes.rows_of(office.firm("seller one", name="绍兴澄湖纺织有限公司"))


@pytest.fixture
def own():
    """A record of each kind that belongs to somebody."""

    def rows_of(person):
        from zhike.customers.services.customer import customer_create
        from zhike.foundation.access.viewer import system

        firm = customer_create(viewer=system("test"), kind="firm", name=f"{person.name}的客户")
        # By hand: people are let in here whose posts include no customers, and whom nobody could name.
        place = person.department
        held = {f"ancestor_{level}": getattr(place, f"ancestor_{level}_id", None) for level in (1, 2, 3)}
        held |= {"owner_id": person.pk, "department_id": person.department_id}
        Customer.objects.filter(pk=firm.pk).update(**held)
        CustomerState.objects.filter(customer=firm).update(**held)
        return routes.rows_of(Customer.objects.get(pk=firm.pk))

    return rows_of


def ask(client, address, method, uid, **more):
    """One request; programs send JSON."""
    if method == "GET":
        return client.get(address.at(uid), **more)
    as_json = {"content_type": "application/json"} if address.is_api else {}
    return getattr(client, method.lower())(address.at(uid), SENT, **as_json, **more)


def uid_for(address, rows):
    return rows[address.kind].uid if address.kind else uuid.uuid4()


@pytest.mark.once
@pytest.mark.requirement("SEC-06", proof="user")
def test_nobody_gets_past_a_door_that_is_not_public(rows):
    wrong = []
    for address in routes.addresses():
        if address.route.door is Door.PUBLIC:
            continue
        for method in address.methods:
            answer = ask(signed_in(None), address, method, uid_for(address, rows))
            fine = answer.status_code == 401 if address.is_api else to_sign_in(answer, address)
            if not fine and answer.status_code != 405:
                wrong.append((method, address.pattern, answer.status_code))
    assert not wrong


def to_sign_in(answer, address):
    door = "/portal/sign-in/" if address.route.door is Door.PORTAL else "/accounts/login/"
    return answer.status_code == 302 and answer["Location"].startswith(f"{door}?next=")


@pytest.mark.once
def test_a_fragment_sends_the_whole_page_to_sign_in(rows):
    wrong = []
    for address in routes.addresses():
        if address.route.door is Door.PUBLIC or address.is_api:
            continue
        answer = ask(signed_in(None), address, "GET", uid_for(address, rows), headers={"HX-Request": "true"})
        if answer.status_code != 405 and not (answer.status_code == 204 and "HX-Redirect" in answer):
            wrong.append((address.pattern, answer.status_code))
    assert not wrong


@pytest.mark.once
@pytest.mark.requirement("SEC-04", proof="user")
def test_a_post_that_lacks_the_level_is_refused_before_anything_else(rows):
    """Whether the record exists or not: the refusal says nothing of it."""
    clients = {code: signed_in(staff(code)) for code in posts()}
    wrong = []
    for address in routes.guarded():
        for place, code in enumerate(routes.posts_without(address.route)[:SEVERAL]):
            for method in address.methods:
                # What does not exist is asked for by the nearest post alone: the door does not look at the record.
                for uid in (uid_for(address, rows), uuid.uuid4())[: 1 if place else 2]:
                    answer = ask(clients[code], address, method, uid)
                    if answer.status_code not in (403, 405):
                        wrong.append((code, method, address.pattern, answer.status_code))
    assert not wrong


@pytest.mark.once
@pytest.mark.requirement("SEC-04", proof="user")
def test_a_post_that_has_the_level_is_let_in(own):
    people = {code: staff(code) for code in posts()}
    clients = {code: signed_in(person) for code, person in people.items()}
    rows = {code: own(person) for code, person in people.items()}
    wrong = []
    for address in routes.guarded():
        assert routes.posts_with(address.route), f"no post may {address.route} {address.pattern}"
        for code in routes.posts_with(address.route)[:SEVERAL]:
            if "GET" in address.methods:
                also = routes.ASKS_ALSO.get(address.pattern)
                if also is not None and not routes.levels_of(code, also):
                    continue
                answer = ask(clients[code], address, "GET", uid_for(address, rows[code]))
                if answer.status_code in (401, 403) or answer.status_code >= 500:
                    wrong.append((code, address.pattern, answer.status_code))
    assert not wrong


@pytest.mark.requirement("SEC-04", proof="user")
def test_what_lies_out_of_reach_is_not_there(rows):
    """By each post that sees a part of the customers, through each address that names a record, by each method."""
    people = {code: staff(code) for code in posts()}
    clients = {code: signed_in(person) for code, person in people.items()}
    wrong, asked = [], 0
    for address in routes.guarded():
        # What is nobody's own, such as knowledge, lies within everybody's reach.
        if address.kind is None or type(rows[address.kind]).scope_path is None:
            continue
        for code in routes.posts_with(address.route, narrow=True):
            for method in address.methods:
                there = ask(clients[code], address, method, uid_for(address, rows)).status_code
                nowhere = ask(clients[code], address, method, uuid.uuid4()).status_code
                asked += 1
                # 403: a service asks for more than the address does, before it looks at any row.
                if there != nowhere or there not in (404, 405, 403, 422):
                    wrong.append((code, method, address.pattern, there, nowhere))
    assert asked > 100
    assert not wrong
    assert not Customer.objects.exclude(version=1).exists()


@pytest.mark.requirement("SEC-04", proof="user")
def test_nothing_of_what_lies_out_of_reach_is_in_any_answer(rows):
    # Names of colleagues and departments are no secret: every picker offers them.
    secrets = ["澄湖", *(str(row.uid) for row in rows.values() if type(row).scope_path is not None)]
    wrong = []
    for code, post in posts().items():
        if post.scope not in routes.NARROW:
            continue
        client = signed_in(staff(code))
        for address in routes.addresses():
            if address.kind is not None or "GET" not in address.methods or "logout" in address.pattern:
                continue
            answer = client.get(address.at(uuid.uuid4()))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            wrong += [(code, address.pattern, secret) for secret in secrets if secret.encode() in body]
    assert not wrong


@pytest.mark.once
def test_every_page_says_what_a_browser_may_do_with_it(rows):
    """A strict content policy without exceptions, no frames, no guessing of types; on refusals and errors too.

    Nor does a page name two things alike: a label or a script would find the wrong one.
    """
    client, wrong = signed_in(staff(*posts())), []
    for address in [*routes.addresses()]:
        if "GET" not in address.methods or "logout" in address.pattern:
            continue
        for who in (client, signed_in(None)):
            answer = who.get(address.at(uid_for(address, rows)))
            policy = answer.headers.get("Content-Security-Policy", "")
            if (
                "default-src 'self'" not in policy
                or "unsafe" in policy
                or answer.headers.get("X-Frame-Options") != "DENY"
                or answer.headers.get("X-Content-Type-Options") != "nosniff"
            ):
                wrong.append((address.pattern, answer.status_code))
            if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
                ids = Counter(re.findall(r'<[^>]* id="([^"]+)"', answer.content.decode()))
                wrong += [(address.pattern, "twice", name) for name, count in ids.items() if count > 1]
    assert not wrong
