"""Settings, Custom fields: who administers settings adds a field, and colleagues work with it at once."""

from __future__ import annotations

import pytest
from django.test import Client

from zhike.foundation import policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.policies.load import TEMPLATES
from zhike.foundation.policies.models import TEMPLATE_KEY
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing import problems_in, signed_in, staff, text_of
from zhike.foundation.records.testing.custom import add, one_of_each

NEW = "/custom-fields/new/?of=customers&kind="
TYPED = {
    "title_zh": "续约周期", "title_en": "Renewal cycle", "level": "basic", "purpose": "contract", "basis": "contract",
    "retention": "customer_3y",
}  # fmt: skip
CHOICES = {
    "rows": "3", "choice_order_0": "2", "choice_zh_0": "年付", "choice_en_0": "Yearly", "choice_order_1": "1",
    "choice_zh_1": "月付", "choice_en_1": "Monthly", "choice_order_2": "3", "choice_zh_2": "", "choice_en_2": "",
}  # fmt: skip


@pytest.fixture
def it(db: None) -> Client:
    return signed_in(staff("it_team", language="en"))


@pytest.fixture
def owner(db: None) -> Person:
    return staff("customer_manager", language="en")


@pytest.mark.requirement("DATA-01", proof="user")
def test_it_adds_a_choice_on_the_page_and_the_customer_manager_uses_it(it: Client, owner: Person) -> None:
    colleague = signed_in(owner)
    assert "Renewal cycle" not in text_of(colleague.get("/customers/new/"))
    assert "/custom-fields/" in text_of(it.get("/"))
    assert it.get("/custom-fields/new/?of=customers").status_code == 200

    added = it.post(NEW + "choice", TYPED | CHOICES)

    assert added.status_code == 302, problems_in(added)
    listed = text_of(it.get(added["Location"]))
    assert "Renewal cycle" in listed
    assert "Monthly / Yearly" in listed
    form = text_of(colleague.get("/customers/new/"))
    assert form.index(">Monthly<") < form.index(">Yearly<")
    made = colleague.post("/customers/new/", {"kind": "firm", "name": "杭州岚山", "x_renewal_cycle": "yearly"})
    assert made.status_code == 302, problems_in(made)
    uid = colleague.get("/api/v1/customers").json()["items"][0]["uid"]
    assert "Yearly" in text_of(colleague.get(f"/customers/{uid}/"))
    assert [entry.action for entry in Entry.objects.filter(kind="custom_field")] == ["custom_field.add"]


@pytest.mark.parametrize("kind", ["text", "long_text", "number", "money", "date", "person"])
def test_each_kind_has_its_form(kind: str, it: Client) -> None:
    assert it.get(NEW + kind).status_code == 200
    added = it.post(NEW + kind, TYPED)

    assert added.status_code == 302, problems_in(added)
    assert CustomField.objects.get().kind == kind


def test_another_record_is_named_by_a_kind_that_has_names(it: Client) -> None:
    offered = dict(it.get(NEW + "relation").context["form"].fields["relation"].choices)
    wrong = it.post(NEW + "relation", TYPED | {"relation": "leads"})
    right = it.post(NEW + "relation", TYPED | {"relation": "customers"})

    assert "customers" in offered
    assert "leads" not in offered
    assert wrong.status_code == 422
    assert right.status_code == 302, problems_in(right)


WRONG = [
    ("text", {"title_zh": ""}, "title_zh"),
    ("text", {"title_en": "e" * 61}, "title_en"),
    ("text", {"purpose": "curiosity"}, "purpose"),
    ("text", {"retention": ""}, "retention"),
    ("text", {"is_sensitive": "on", "basis": "none"}, "basis"),
    ("number", {"digits": "9"}, "digits"),
    ("choice", {}, "__all__"),
    ("choice", {"rows": "1", "choice_zh_0": "长" * 61}, "__all__"),
]


@pytest.mark.parametrize(("kind", "typed", "named"), WRONG)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    kind: str, typed: dict[str, str], named: str, it: Client
) -> None:
    refused = it.post(NEW + kind, TYPED | typed)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [named]
    assert 'value="续约周期"' in text_of(refused) or named == "title_zh"
    assert not CustomField.objects.exists()


def test_only_who_edits_settings_changes_fields_and_who_sees_settings_sees_them(it: Client, owner: Person) -> None:
    row = add("customers", Kind.TEXT, "门牌", "Door")
    manager, boss = signed_in(owner), signed_in(staff("management", language="en"))

    assert manager.get("/custom-fields/").status_code == 403
    assert "Door" in text_of(boss.get("/custom-fields/"))
    for client in (manager, boss):
        assert client.post(NEW + "text", TYPED).status_code == 403
        assert client.post(f"/custom-fields/{row.uid}/", {"act": "retire", "version": "1"}).status_code == 403
    assert CustomField.objects.filter(is_retired=False).count() == 1


def test_a_field_is_renamed_moved_retired_and_brought_back(it: Client) -> None:
    rows = one_of_each("customers")
    seats = rows["x_seats"]
    page = f"/custom-fields/{seats.uid}/"

    renamed = it.post(page, TYPED | {"title_zh": "工位数", "title_en": "Desks", "version": "1", "digits": "0"})
    it.post(page, {"act": "up", "version": "2"})
    it.post(page, {"act": "retire", "version": "3"})
    retired = text_of(it.get("/custom-fields/?of=customers"))
    it.post(page, {"act": "return", "version": "4"})

    assert renamed.status_code == 302, problems_in(renamed)
    assert retired.index("Retired") < retired.index("Desks")
    seats.refresh_from_db()
    assert (seats.key, seats.title_en, seats.is_retired, seats.position) == ("x_seats", "Desks", False, 2)
    actions = ["custom_field.change", "custom_field.move", "custom_field.retire", "custom_field.return"]
    noted = Entry.objects.filter(kind="custom_field", object_id=seats.pk).order_by("id")
    assert [entry.action for entry in noted][1:] == actions


def test_of_two_who_change_one_field_the_second_is_told(it: Client) -> None:
    row = add("customers", Kind.TEXT, "门牌", "Door")
    page = f"/custom-fields/{row.uid}/"

    first = it.post(page, TYPED | {"version": "1"})
    second = it.post(page, TYPED | {"version": "1", "title_en": "Gate"})

    assert first.status_code == 302
    assert second.status_code == 422
    assert "Somebody changed this record" in text_of(second)
    row.refresh_from_db()
    assert row.title_en == "Renewal cycle"


@pytest.mark.requirement("SEC-01", proof="rule")
@pytest.mark.requirement("SEC-02", proof="user")
def test_the_data_catalogue_lists_the_field_with_its_entry(it: Client) -> None:
    """What has no purpose cannot be collected; what can stands in the catalogue of the compliance specialist."""
    refused = it.post(NEW + "text", TYPED | {"purpose": ""})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["purpose"]
    assert not CustomField.objects.exists()
    add("customers", Kind.TEXT, "护照号", "Passport", is_sensitive=True, basis="consent", retention="year")

    page = text_of(signed_in(staff("compliance_specialist", language="en")).get("/comply/catalogue/"))

    assert "customers.x_passport" in page or "Passport" in page
    row = page[page.index("Passport") :][:1500]
    for words in ("Consent", "1 year", "Sensitive"):
        assert words in row


def test_there_are_no_more_fields_than_the_policy_allows(it: Client) -> None:
    policies.change(viewer_of(staff("management")), "records.custom_fields.fields_max", 1, reason="few")
    add("customers", Kind.TEXT, "门牌", "Door")

    refused = it.post(NEW + "text", TYPED)

    assert refused.status_code == 422
    assert "There are 1 custom fields already." in text_of(refused)


@pytest.mark.requirement("PLAT-11", proof="user")
def test_the_industry_template_proposes_fields_that_it_takes_one_by_one(it: Client, owner: Person) -> None:
    boss = signed_in(staff("management", language="en"))
    assert "Seats under contract" not in text_of(it.get("/custom-fields/?of=customers"))
    chosen = boss.post("/policies/templates/saas/", {"act": "choose", "reason": "we sell by subscription"})
    assert chosen.status_code == 302, problems_in(chosen)
    page = text_of(it.get("/custom-fields/?of=customers"))
    assert "Seats under contract" in page
    assert "Monthly / Quarterly / Yearly" in page
    assert "Present plan" not in page, "that is telecom's"
    assert boss.post("/custom-fields/", {"of": "customers", "key": "x_renewal_cycle"}).status_code == 403

    taken = it.post("/custom-fields/", {"of": "customers", "key": "x_renewal_cycle"})

    assert taken.status_code == 302
    assert it.post("/custom-fields/", {"of": "customers", "key": "x_renewal_cycle"}).status_code == 404
    assert "Renewal cycle" in text_of(signed_in(owner).get("/customers/new/"))
    assert Entry.objects.filter(action="custom_field.add").count() == 1
    rest = text_of(it.get("/custom-fields/?of=customers"))
    assert 'value="x_renewal_cycle"' not in rest
    assert 'value="x_live_since"' in rest


@pytest.mark.requirement("PLAT-11", proof="rule")
def test_every_proposed_field_can_be_taken(db: None) -> None:
    from zhike.foundation.records.custom import proposed

    viewer = viewer_of(staff("it_team"))
    for template in TEMPLATES:
        policies.change(viewer_of(staff("management")), TEMPLATE_KEY, template, reason="x")
        for code in {one.code for one in proposed._shipped()[template]}:
            for one in proposed.proposals(code):
                assert proposed.field_take(viewer=viewer, code=code, key=one.key).key == one.key
