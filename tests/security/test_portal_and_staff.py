"""The customer's side and the staff's side of one house: whoever is inside of one is nobody on the other."""

import uuid

import pytest

from tests.security import routes
from tests.security.test_routes import SENT, ask, to_sign_in
from zhike.foundation.access.routes import Door
from zhike.foundation.records.testing import signed_in, text_of
from zhike.interfaces.portal.tests.test_door import taken_into_use
from zhike.serve.models import Complaint, Ticket
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db
STAFF_DOORS = (Door.AREA, Door.STAFF)


def at(address, uid, method, client):
    """The answer, and whether it is the staff's way of saying "sign in first"."""
    answer = ask(client, address, method, uid)
    return answer.status_code, answer.status_code == 405 or (
        answer.status_code == 401 if address.is_api else to_sign_in(answer, address)
    )


@pytest.mark.once
@pytest.mark.requirement("SEC-06", proof="user")
def test_a_customer_of_the_portal_tries_every_address_of_staff(office):
    """Even for what is the customer's own: the file, tickets and contracts are opened at the portal or not at all."""
    account, client = taken_into_use(office)
    account.refresh_from_db()
    rows = routes.rows_of(account.customer, account)
    versions = {code: row.version for code, row in rows.items() if hasattr(row, "version")}
    wrong, asked = [], 0
    for address in routes.addresses():
        if address.route.door not in STAFF_DOORS:
            continue
        uid = rows[address.kind].uid if address.kind else uuid.uuid4()
        for method in address.methods:
            asked += 1
            status, fine = at(address, uid, method, client)
            if not fine:
                wrong.append((method, address.pattern, status))
    assert not wrong
    assert asked > 300
    for code, version in versions.items():
        rows[code].refresh_from_db()
        assert rows[code].version == version, f"{code} was changed"
    assert client.get("/portal/").status_code == 200, "and is still inside at the own door"


@pytest.mark.requirement("SEC-06", proof="user")
def test_staff_try_every_address_of_the_portal_of_their_customer(office):
    account, _client = taken_into_use(office)
    ticket = ticket_receive(viewer=office.viewer("manager one"), customer=account.customer.uid, subject="导出报错")
    before = (ticket.version, ticket.messages.count())
    wrong, asked = [], 0
    for name in ("manager one", "boss", "it"):
        manager = signed_in(office.people[name])
        for address in routes.addresses():
            if address.route.door is not Door.PORTAL:
                continue
            for method in address.methods:
                asked += 1
                status, fine = at(address, ticket.uid, method, manager)
                if not fine:
                    wrong.append((name, method, address.pattern, status))
    assert not wrong
    assert asked > 30
    ticket.refresh_from_db()
    assert (ticket.version, ticket.messages.count()) == before


@pytest.mark.requirement("SEC-06", proof="user")
def test_a_customer_of_the_portal_tries_the_requests_of_another_customer(office):
    """What another customer asked is not there: neither read, nor answered, nor rated, nor judged."""
    _account, client = taken_into_use(office)
    theirs = office.firm("seller two", name="湖州青禾农业有限公司")
    service = office.viewer("counter")
    ticket = ticket_receive(viewer=service, customer=theirs.uid, subject="青禾的秘密请求")
    complaint = complaint_receive(viewer=service, customer=theirs.uid, content="青禾的秘密投诉")
    before = [(row.version, row.updated_at) for row in (ticket, complaint)]
    for address in routes.addresses():
        if address.route.door is not Door.PORTAL:
            continue
        for method in address.methods:
            if "<uuid:uid>" not in address.pattern:
                if method == "GET":
                    assert "青禾" not in text_of(client.get(address.at("")))
                continue
            for row in (ticket, complaint):
                answer = client.generic("GET", address.at(row.uid)) if method == "GET" else client.post(
                    address.at(row.uid), SENT | {"text": "x", "satisfaction": "1", "accepted": "1"}
                )  # fmt: skip
                assert answer.status_code in (404, 405), (method, address.pattern)
    after = [(row.version, row.updated_at) for row in (Ticket.objects.get(), Complaint.objects.get())]
    assert after == before
