"""What is masked stays masked, whatever a colleague sends or asks."""

import pytest

from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.services.customer import customer_delete
from zhike.customers.services.interaction import interaction_log
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.records.testing import text_of

PHONE = "13812349876"
WHOLE = {"name": "欧阳静宜", "phone": PHONE, "email": "jingyi.o@example.com", "address": "浙江省杭州市西湖区文三路1号"}
CONTACT = {key: WHOLE[key] for key in ("name", "phone", "email")}
JSON = "application/json"


def kept(subject):
    return vault.open_values([subject], list(WHOLE))[subject]


@pytest.mark.requirement("SEC-09", proof="user")
def test_sending_back_what_was_shown_does_not_overwrite_the_whole_value(office, client_of):
    """A program that reads a record, changes one field and sends everything back must not leave stars."""
    person, client = office.human("seller one", **WHOLE), client_of("seller one")
    shown = client.get(f"/api/v1/customers/{person.uid}").json()

    for field in WHOLE:
        body = {"version": shown["version"], field: shown[field]}
        answer = client.patch(f"/api/v1/customers/{person.uid}", body, content_type=JSON)
        typed = client.post(f"/customers/{person.uid}/edit/", {"version": shown["version"], field: shown[field]})

        assert (answer.status_code, typed.status_code) == (422, 422), field
        assert set(answer.json()["fields"]) == {field}
    assert kept(person.uid) == WHOLE


def test_the_same_for_a_contact(office, client_of):
    firm, client = office.firm("seller one"), client_of("seller one")
    values = {"name": "诸葛大力", "phone": PHONE, "email": "dali@example.com", "wechat": "dali_zhuge"}
    contact = contact_create(viewer=office.viewer("seller one"), customer_uid=firm.uid, **values)
    shown = client.get(f"/api/v1/contacts/{contact.uid}").json()

    for field in values:
        body = {"version": shown["version"], field: shown[field]}
        assert client.patch(f"/api/v1/contacts/{contact.uid}", body, content_type=JSON).status_code == 422, field
    assert vault.open_values([contact.uid], list(values))[contact.uid] == values
    assert Contact.objects.get().version == 1


def test_saving_the_form_untouched_keeps_the_vault(office, client_of):
    person, client = office.human("seller one", **WHOLE), client_of("seller one")

    page = text_of(client.get(f"/customers/{person.uid}/edit/"))
    empty = dict.fromkeys(WHOLE, "")
    answer = client.post(f"/customers/{person.uid}/edit/", {"version": "1", "short_name": "静", **empty})

    assert not [value for value in WHOLE.values() if value in page]
    assert answer.status_code == 302
    assert kept(person.uid) == WHOLE


def test_a_value_opens_only_within_reach_with_a_reason_of_bearable_length(office, client_of):
    person = office.human("seller one", **WHOLE)
    address = f"/customers/{person.uid}/reveal/phone/"

    assert client_of("seller two").get(address).status_code == 404, "not even the question"
    assert client_of("seller two").post(address, {"reason": "x"}).status_code == 404
    assert client_of("data").post(address, {"reason": "x"}).status_code == 403
    assert client_of("it").post(address, {"reason": "x"}).status_code == 403
    assert client_of("seller one").post(address, {"reason": " "}).status_code == 422
    assert client_of("seller one").post(address, {"reason": "x" * 201}).status_code == 422
    assert not Entry.objects.filter(action="value.reveal").exists()
    for who in ("seller one", "lead one", "boss"):
        assert PHONE in text_of(client_of(who).post(address, {"reason": "回访"})), who
    assert Entry.objects.filter(action="value.reveal").count() == 3


def test_an_export_leaves_no_searched_name_or_number_in_the_log(office, client_of):
    office.human("seller one", **WHOLE)

    client_of("seller one").get("/customers/export.csv", {"q": PHONE, "kind": "person"})

    entry = Entry.objects.get(action="records.exported")
    assert PHONE not in entry.after
    assert "kind=person" in entry.after


def test_no_cell_of_an_export_is_a_formula(office, client_of):
    tricks = ["=1+1", "+1", "-1", "@SUM(1)", "＝1+1", "＋1", "－1", "＠SUM(1)", "\t=1"]
    for number, trick in enumerate(tricks):
        firm = office.firm("seller one", short_name=f"s{number}", source="x")
        Customer.objects.filter(pk=firm.pk).update(source=trick)
    client = client_of("seller one")
    client.post("/customers/columns/", {"columns": ["source"]})

    lines = text_of(client.get("/customers/export.csv")).splitlines()

    cells = [line.split(",", 1)[1].strip('"') for line in lines[1:]]
    assert len(cells) == len(tricks)
    assert not [cell for cell in cells if not cell.startswith("'")]


@pytest.mark.requirement("SEC-04", proof="user")
def test_what_belongs_to_a_deleted_customer_is_deleted_too(office, client_of):
    firm = office.firm("seller one", name="绍兴澄湖纺织有限公司")
    interaction_log(viewer=office.viewer("seller one"), customer_uid=firm.uid, kind="call", feedback="要样品")
    client, boss = client_of("seller one"), client_of("boss")
    assert "澄湖" in text_of(client.get("/interactions/"))

    customer_delete(viewer=office.viewer("seller one"), uid=firm.uid)

    for reader in (client, boss):
        for address in ("/interactions/", "/api/v1/interactions", "/contacts/", "/customers/", "/search/?q=chenghu"):
            assert "澄湖" not in text_of(reader.get(address)), address
        assert reader.get("/api/v1/interactions", {"total": "1"}).json()["total"]["count"] == 0


@pytest.mark.requirement("SEC-04", proof="user")
def test_amounts_are_for_posts_that_see_orders(office, client_of):
    """The marketing post reads strategy and no orders: a band of one customer would tell the spend."""
    from zhike.insight.models import NightRun

    NightRun.objects.create(as_of="2026-11-20", state="done")
    firm = office.firm("market" if office.viewer("market").may("profile", "E") else "seller one")
    Customer.objects.filter(pk=firm.pk).update(owner=office.person("market"))
    state = firm.state
    state.owner_id, state.tier, state.potential, state.group = office.person("market"), "high", 0.9, "strategic"
    state.spend_12m_minor, state.currency = 98_765_400, "CNY"
    state.save()

    page = text_of(client_of("market").get("/matrix/"))
    orders = text_of(client_of("data").get("/matrix/"))

    assert "98.8" in orders
    assert "98.8" not in page


@pytest.mark.requirement("SEC-09", proof="user")
@pytest.mark.parametrize(
    "words", [PHONE, PHONE[-4:], PHONE[:7], "欧阳", "静宜", "欧阳静宜", "oyjy", "ouyang", "jingyi.o"]
)
def test_search_confirms_no_guess_to_those_who_see_stars(office, client_of, words):
    """Who may not open a name or number does not find by it, be it in a list, a total, the palette or a file."""
    person = office.human("seller one", **WHOLE)
    firm = office.firm("seller one", name="绍兴澄湖纺织有限公司")
    contact_create(viewer=office.viewer("seller one"), customer_uid=firm.uid, **CONTACT)

    for who, finds in (("data", False), ("seller one", True), ("lead one", True), ("boss", True), ("counter", True)):
        client = client_of(who)
        body = client.get("/api/v1/customers", {"q": words, "total": "1"}).json()
        assert {i["uid"] for i in body["items"]} == ({str(person.uid), str(firm.uid)} if finds else set()), who
        assert (body["total"]["count"] > 0) is finds, who
        assert (text_of(client.get("/customers/total/", {"q": words}, headers={"HX-Request": "1"})) != "0") is finds
        for address in ("/customers/", "/search/", "/customers/pick/", "/customers/export.csv"):
            assert ("澄湖" in text_of(client.get(address, {"q": words}))) is finds, (who, address)
    for plain, row in (("澄湖", firm), (person.number, person)):
        items = client_of("data").get("/api/v1/customers", {"q": plain}).json()["items"]
        assert {i["uid"] for i in items} == {str(row.uid)}, plain


def test_the_own_customers_are_found_by_their_names_whatever_the_post(office, client_of):
    person = office.human("seller one", **WHOLE)
    Customer.objects.filter(pk=person.pk).update(owner=office.person("market"))
    person.state.owner_id = office.person("market")
    person.state.save()

    body = client_of("market").get("/api/v1/customers", {"q": "欧阳静宜"}).json()

    assert {i["uid"] for i in body["items"]} == {str(person.uid)}


def test_totals_are_not_shared_between_those_who_find_persons_and_those_who_do_not(office, client_of):
    office.human("seller one", **WHOLE)
    question = {"q": PHONE, "total": "1"}

    assert client_of("counter").get("/api/v1/customers", question).json()["total"]["count"] == 1
    assert client_of("data").get("/api/v1/customers", question).json()["total"]["count"] == 0
