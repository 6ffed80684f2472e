"""What lies out of reach cannot be read, changed, counted or guessed, by whatever address."""

import uuid

import pytest

from zhike.customers.models import Customer, Interaction
from zhike.customers.services.contact import contact_create
from zhike.foundation.records.testing import text_of

NAME = "绍兴澄湖纺织有限公司"
JSON = "application/json"


@pytest.fixture
def foreign(office):
    """A firm of the other department, with a contact."""
    firm = office.firm("seller two", name=NAME)
    contact_create(viewer=office.viewer("seller two"), customer_uid=firm.uid, name="诸葛大力", title="采购经理")
    return firm


@pytest.mark.requirement("SEC-04", proof="user")
def test_a_record_out_of_reach_looks_like_none(client_of, foreign):
    client = client_of("seller one")
    for tail in ("", "peek/", "edit/", "delete/", "timeline/", "reveal/phone/"):
        there = client.get(f"/customers/{foreign.uid}/{tail}")
        nowhere = client.get(f"/customers/{uuid.uuid4()}/{tail}")

        assert (there.status_code, nowhere.status_code) == (404, 404), tail
    for method, body in (("get", None), ("patch", {"version": 1, "source": "x"}), ("delete", None)):
        more = {"content_type": JSON, "data": body} if body else {}
        assert getattr(client, method)(f"/api/v1/customers/{foreign.uid}", **more).status_code == 404
    assert client.post(f"/customers/{foreign.uid}/follow-up/", {"kind": "call", "feedback": "x"}).status_code == 404
    assert Customer.objects.get(pk=foreign.pk).version == 1
    assert not Interaction.objects.exists()


@pytest.mark.requirement("SEC-04", proof="user")
def test_no_list_search_picker_total_or_file_tells_of_it(client_of, foreign):
    client, key = client_of("seller one"), foreign.number
    for address in (
        "/customers/",
        f"/customers/?q={NAME}",
        f"/customers/?q={key}&page=2",
        f"/search/?q={NAME}",
        f"/customers/pick/?q={NAME}",
        f"/contacts/?customer={foreign.uid}",
        f"/interactions/new/?customer={foreign.uid}",
        f"/contacts/new/?customer={foreign.uid}",
        f"/customers/export.csv?uid={foreign.uid}",
        f"/api/v1/customers?q={NAME}",
        f"/api/v1/contacts?customer={foreign.uid}",
    ):
        text = text_of(client.get(address)).replace(f'value="{NAME}"', "").replace(f"“{NAME}”", "")
        assert NAME not in text, address
        assert "采购经理" not in text, address
    for code, query in (("customers", {"q": NAME}), ("customers", {"q": key}), ("contacts", {"customer": foreign.uid})):
        total = client.get(f"/api/v1/{code}", {**query, "total": "1"}).json()["total"]
        assert total["count"] == 0, query
        shown = client.get(f"/{code}/total/", query, headers={"HX-Request": "true"})
        assert text_of(shown) == "0"


def test_several_at_once_are_all_or_nothing(office, client_of, foreign):
    """Own and foreign ones in one request: the foreign one refuses, and the own ones stay as they were."""
    own = office.firm("seller one")
    taker = office.people["other one"].uid

    values = {"uid": [str(own.uid), str(foreign.uid)], "owner": str(taker), "sure": "1"}
    answer = client_of("seller one").post("/customers/bulk/reassign/", values)

    assert answer.status_code == 404
    assert Customer.objects.get(pk=own.pk).owner_id == office.person("seller one")
    assert Customer.objects.get(pk=foreign.pk).owner_id == office.person("seller two")


@pytest.mark.parametrize(
    "field",
    ["number", "department", "standing", "tier", "id_number", "revenue", "birthday", "clv", "deleted_at", "origin",
     "created_by", "phone_blind", "viewer", "team_id", "name_key", "version", "uid", "id"],
)  # fmt: skip
def test_only_offered_fields_can_be_written(client_of, field):
    """Neither fields of the row, nor those of a level or class that the post does not have."""
    body = {"kind": "firm", "name": "湖州多写有限公司", field: "1"}

    answer = client_of("seller one").post("/api/v1/customers", body, content_type=JSON)

    assert answer.status_code == 422
    assert field in answer.json()["fields"]
    assert not Customer.objects.exists()


def test_a_person_does_not_become_a_firm_whose_values_are_plain(office, client_of):
    person = office.human("seller one", phone="13812349876")

    body = {"version": 1, "kind": "firm"}
    answer = client_of("seller one").patch(f"/api/v1/customers/{person.uid}", body, content_type=JSON)
    client_of("seller one").post(f"/customers/{person.uid}/edit/", {**body, "short_name": "x"})

    assert answer.status_code == 422
    assert Customer.objects.get(pk=person.pk).kind == "person"


def test_what_is_made_for_somebody_else_is_made_and_told_so(office, client_of):
    """It leaves the reach at once: the answer says that it exists, and nothing more."""
    taker = str(office.people["seller two"].uid)
    client = client_of("seller one")

    sent = client.post(
        "/api/v1/customers", {"kind": "firm", "name": "湖州一号有限公司", "owner": taker}, content_type=JSON
    )
    typed = client.post("/customers/new/", {"kind": "firm", "name": "湖州二号有限公司", "owner": taker})

    assert (sent.status_code, set(sent.json())) == (201, {"uid", "version"})
    assert (typed.status_code, typed["Location"]) == (302, "/customers/")
    assert Customer.objects.filter(owner_id=office.person("seller two")).count() == 2


@pytest.mark.parametrize("question", ["sort=clv", "sort=-clv", "clv__from=1", "revenue__from=1", "id_number=1",
                                      "phone=138", "name=x", "birthday=1990-01-01", "name_key=a"])  # fmt: skip
def test_nobody_asks_by_filter_or_order_what_is_not_shown(client_of, foreign, question):
    """An order by a value is a question about the value; so is a filter."""
    answer = client_of("seller two").get(f"/api/v1/customers?{question}")

    assert answer.status_code == 422


@pytest.mark.parametrize("question", ["risk=high", "sort=-health"])
def test_an_area_that_the_post_lacks_cannot_be_asked_either(client_of, question):
    assert client_of("market").get(f"/api/v1/customers?{question}").status_code == 422
    assert client_of("counter").get(f"/api/v1/customers?{question}").status_code == 422
    assert client_of("data").get(f"/api/v1/customers?{question}").status_code == 200


def test_a_saved_view_shows_its_question_not_its_answer_and_is_the_owners_to_delete(office, client_of, foreign):
    from zhike.foundation.records.models import SavedView

    client_of("seller two").post("/customers/views/", {"title": "我的", "question": f"q={NAME}", "audience": "all"})
    client_of("seller two").post("/customers/views/", {"title": "私有", "question": "tier=high"})
    shared = SavedView.objects.get(title="我的")
    page = text_of(client_of("seller one").get("/customers/"))

    assert "私有" not in page
    assert foreign.number not in text_of(client_of("seller one").get(f"/customers/?{shared.query}"))
    assert client_of("seller one").post(f"/customers/views/{shared.uid}/delete/").status_code == 404
    assert SavedView.objects.count() == 2


def test_accounts_vault_and_the_log_have_no_address_in_the_api(client_of):
    client = client_of("boss")
    for code in ("persons", "teams", "vault", "audit", "users", "policies"):
        assert client.get(f"/api/v1/{code}").status_code == 404


def test_staff_and_departments_are_for_who_sees_settings_and_hold_no_password(client_of):
    for code in ("people", "departments"):
        assert client_of("seller one").get(f"/api/v1/{code}").status_code == 403
        answer = client_of("boss").get(f"/api/v1/{code}")
        assert answer.status_code == 200
        assert "password" not in text_of(answer)


def test_who_adds_staff_and_who_prints_a_link_stands_in_the_log(office):
    from zhike.foundation.access.people import person_add
    from zhike.foundation.audit.models import Entry
    from zhike.foundation.kit.refusals import Forbidden
    from zhike.interfaces.web.accounts import link_issue

    person = person_add(username="neu", name="新人", post_codes=["legal"], viewer=office.viewer("it"))
    link_issue(person, reason="zhike login")

    added = Entry.objects.filter(action="person.add", object_id=person.pk).get()
    assert (added.actor_id, "legal" in added.after) == (office.person("it"), True)
    assert Entry.objects.filter(action="account.link_issued", object_id=person.pk, is_system=True).count() == 1
    with pytest.raises(Forbidden):
        person_add(username="x", name="x", post_codes=["management"], viewer=office.viewer("seller one"))
