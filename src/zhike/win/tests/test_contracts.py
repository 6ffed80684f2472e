"""A contract from draft to signature: clauses, vague wording, legal review, proof of authority, its days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.obligations import GateClosed
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies import current
from zhike.foundation.records.testing import text_of
from zhike.win.models import ClausesVersion, Contract, Review
from zhike.win.policy import WinClockPolicy
from zhike.win.services.contract import contract_clauses, contract_create
from zhike.win.services.review import contract_approve, contract_return, contract_sign, contract_submit
from zhike.win.tests.deals import CLAUSES, OPINIONS, a_deal, a_draft, a_signer, approved, signed
from zhike.win.tests.pages import JSON, at_work, do, page

pytestmark = pytest.mark.django_db
MONDAY_9 = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)


def seller_of(office: Office) -> Person:
    return Person.objects.get(pk=office.person("seller one"))


def draft(office: Office, **clauses: str) -> Contract:
    return a_draft(seller_of(office), **clauses)


def signature(row: Contract, **more: Any) -> dict[str, Any]:
    return {"authority": "power_of_attorney", "authority_reference": "授权书 2026-17", "is_sealed": "yes",
            "signed_on": clock.today().isoformat(), **more}  # fmt: skip


@pytest.mark.requirement("WIN-09", proof="user")
def test_a_draft_is_written_with_parties_value_dates_and_clauses_in_versions(office: Office) -> None:
    seller, customer = at_work(office, "seller one"), office.firm("seller one", "湖州澄湖纺织有限公司")
    form = {"title": "年度服务合同", "customer": str(customer.uid), "our_party": "知客科技有限公司", "value": "120000",
            "starts_on": "2026-08-01", "ends_on": "2027-07-31", "renewal_on": "2027-06-01"}  # fmt: skip

    assert seller.post("/contracts/new/", form).status_code == 302
    row = Contract.objects.get()
    assert (row.status, row.customer_party, row.value_minor) == ("draft", "湖州澄湖纺织有限公司", 12_000_000)
    assert row.number.startswith("HT-")
    assert do(seller, "contracts", row, "clauses", heading_1="交付", text_1="10 个工作日内交付。").status_code == 302
    changed = {
        "heading_1": "交付",
        "text_1": "8 个工作日内交付。",
        "heading_2": "付款",
        "text_2": "15 个工作日内付款。",
    }
    assert do(seller, "contracts", row, "clauses", **changed).status_code == 302

    shown = page(seller, f"/contracts/{row.uid}/")
    assert "8 个工作日内交付。" in shown
    assert "10 个工作日内交付。" in shown, "the version before is kept"
    assert [len(v.clauses) for v in ClausesVersion.objects.order_by("number")] == [1, 2]
    half = do(seller, "contracts", row, "clauses", **{**changed, "text_2": ""})
    assert half.status_code == 422
    assert do(seller, "contracts", row, "clauses", heading_1="交付", text_1="8 个工作日内交付。", heading_2="",
              text_2="").status_code == 302  # fmt: skip
    row.refresh_from_db()
    assert (len(row.clauses), row.clauses_version) == (1, 3)
    assert "Contract" in page(seller, f"/customers/{customer.uid}/")


@pytest.mark.requirement("WIN-10", proof="user")
def test_d4_14_as_soon_as_possible_does_not_go_to_legal_until_a_number_of_working_days_stands_there(
    office: Office,
) -> None:
    """D4-14: contract says 尽快交付 → cannot go to legal review until a number of 工作日 stands there."""
    seller = at_work(office, "seller one", "zh-hans")
    row = draft(office, heading_1="交付条款", text_1="乙方应尽快交付。")

    refused = do(seller, "contracts", row, "submit")
    row.refresh_from_db()
    shown = page(seller, f"/contracts/{row.uid}/")

    assert (refused.status_code, row.status) == (422, "draft")
    for words in ("交付条款", "尽快交付", "请写明 X 个工作日内"):
        assert words in text_of(refused), words
        assert words in shown, words
    assert "<mark>尽快交付</mark>" in shown
    assert not Duty.objects.filter(code="B-31").exists()

    do(seller, "contracts", row, "clauses", heading_1="交付条款", text_1="乙方应于 10 个工作日内交付。")
    assert do(seller, "contracts", row, "submit").status_code == 302
    row.refresh_from_db()
    assert row.status == "review"


def test_what_else_a_draft_lacks_is_named_together_with_the_vague_wording(office: Office) -> None:
    viewer, customer = office.viewer("seller one"), office.firm("seller one")
    row = contract_create(viewer=viewer, customer=customer.uid, title="合同", starts_on=clock.today())
    row = contract_clauses(viewer=viewer, uid=row.uid, version=row.version, heading_1="交付", text_1="及时交付。")

    with pytest.raises(GateClosed) as refused:
        contract_submit(viewer=viewer, uid=row.uid, version=row.version)

    missing = refused.value.data["missing"]
    assert missing[:3] == ["Name both parties.", "Enter the value.", "Enter until when it runs."]
    assert "及时" in missing[3]


@pytest.mark.requirement("WIN-11", proof="user")
def test_legal_gives_three_opinions_and_approves_or_returns_with_a_reason(office: Office) -> None:
    seller, legal, row = at_work(office, "seller one"), at_work(office, "legal"), draft(office)
    do(seller, "contracts", row, "submit")
    deliver()

    home = page(legal, "/")
    assert "Contracts waiting for review" in home
    assert row.number in home
    assert do(legal, "contracts", row, "approve", **{**OPINIONS, "data_security": ""}).status_code == 422
    assert do(legal, "contracts", row, "return", **OPINIONS).status_code == 422
    returned = do(legal, "contracts", row, "return", **OPINIONS, reason="补充数据处理协议")
    assert returned.status_code == 302
    row.refresh_from_db()
    assert row.status == "returned"
    assert "补充数据处理协议" in page(seller, f"/contracts/{row.uid}/")
    assert do(seller, "contracts", row, "approve", **OPINIONS).status_code == 403, "sales does not approve"

    do(seller, "contracts", row, "submit")
    assert do(legal, "contracts", row, "approve", **OPINIONS).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"
    assert list(Review.objects.order_by("id").values_list("outcome", flat=True)) == ["returned", "approved"]
    shown = page(seller, f"/contracts/{row.uid}/")
    assert "已约定数据处理" in shown


@pytest.mark.requirement("WIN-11", proof="user")
def test_no_signing_before_the_review_and_none_without_proof_of_authority(office: Office) -> None:
    seller, row = at_work(office, "seller one"), draft(office)
    signer = a_signer(office.viewer("seller one"), row.customer)
    stranger = a_signer(office.viewer("seller one"), office.firm("seller one"))
    whole = signature(row, signer=str(signer.uid))

    early = do(seller, "contracts", row, "sign", **whole)
    assert early.status_code == 422
    assert "Legal has to approve the contract first." in text_of(early)

    approved(office, row)
    for left_out in ("authority", "authority_reference", "signer", "signed_on"):
        assert do(seller, "contracts", row, "sign", **{**whole, left_out: ""}).status_code == 422, left_out
    unsealed = do(seller, "contracts", row, "sign", **{**whole, "is_sealed": "no"})
    assert "Confirm that signature and seal are on the contract." in text_of(unsealed)
    assert do(seller, "contracts", row, "sign", **{**whole, "signer": str(stranger.uid)}).status_code == 422
    tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
    assert do(seller, "contracts", row, "sign", **{**whole, "signed_on": tomorrow}).status_code == 422

    assert do(seller, "contracts", row, "sign", **whole).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.signer_id, row.is_sealed) == ("active", signer.pk, True)
    shown = page(seller, f"/contracts/{row.uid}/")
    assert "授权书 2026-17" in shown
    assert "诸葛静" not in shown, "the signer's name is masked"
    assert "signed" in page(seller, f"/customers/{row.customer.uid}/")


@pytest.mark.requirement("WIN-09", proof="rule")
def test_the_signature_closes_the_deal_begins_the_cooperation_and_is_told(office: Office) -> None:
    deal = a_deal(seller_of(office))
    row = signed(office, approved(office, a_draft(seller_of(office), deal)))

    deal.refresh_from_db()
    deal.customer.refresh_from_db()
    assert (deal.stage, deal.is_open) == ("won", False)
    assert deal.customer.cooperation_since == row.signed_on
    told = EventRow.objects.get(name="win.ContractSigned")
    assert (told.payload["opportunity_id"], told.payload["value_minor"]) == (deal.pk, 12_000_000)
    assert "诸葛" not in str(told.payload)


@pytest.mark.requirement("WIN-11", proof="user")
def test_a_change_after_the_approval_voids_it(office: Office) -> None:
    seller, row = at_work(office, "seller one"), draft(office)
    approved(office, row)
    signer = a_signer(office.viewer("seller one"), row.customer)

    assert do(seller, "contracts", row, "clauses", **{**CLAUSES, "text_1": "20 个工作日内交付。"}).status_code == 302

    row.refresh_from_db()
    assert row.status == "draft"
    assert Review.objects.get().is_void
    shown = page(seller, f"/contracts/{row.uid}/")
    assert "Void: the contract was changed" in shown
    assert do(seller, "contracts", row, "sign", **signature(row, signer=str(signer.uid))).status_code == 422
    assert "approval is void" in page(seller, f"/customers/{row.customer.uid}/")


def test_saving_the_same_clauses_again_keeps_the_approval(office: Office) -> None:
    row = approved(office, draft(office))

    same = contract_clauses(viewer=office.viewer("seller one"), uid=row.uid, version=row.version, **CLAUSES)

    assert (same.status, same.clauses_version) == ("approved", 1)


def test_value_and_dates_are_part_of_what_was_approved(office: Office) -> None:
    row = approved(office, draft(office))

    answer = at_work(office, "seller one").patch(
        f"/api/v1/contracts/{row.uid}", {"version": row.version, "value": 99}, content_type=JSON
    )

    assert answer.json()["status"] == "draft"


@pytest.mark.parametrize("status", ["review", "signed", "active", "ended", "cancelled"])
def test_what_lies_with_legal_or_is_signed_is_not_changed(office: Office, status: str) -> None:
    row = draft(office)
    Contract.objects.filter(pk=row.pk).update(status=status)
    seller = at_work(office, "seller one")

    answer = do(seller, "contracts", row, "clauses", heading_1="x", text_1="y")

    assert answer.status_code == 422
    assert "cannot be changed now" in text_of(answer)
    patched = seller.patch(f"/api/v1/contracts/{row.uid}", {"version": row.version, "title": "x"}, content_type=JSON)
    assert patched.status_code == 409


@pytest.mark.requirement("WIN-11", proof="rule")
def test_b_31_legal_owes_the_review_within_three_working_days(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    row = draft(office)
    sent = contract_submit(viewer=office.viewer("seller one"), uid=row.uid, version=row.version)
    deliver()

    (duty,) = Duty.objects.filter(code="B-31")
    assert (duty.person_id, duty.subject_id) == (office.person("legal"), row.pk)
    assert current().get(WinClockPolicy).legal_review_days == 3
    assert clock.local(duty.due_at).strftime("%a") == "Thu"

    obligations.tick(duty.remind_at + dt.timedelta(seconds=1))
    obligations.tick(duty.due_at)
    assert Duty.objects.get(pk=duty.pk).state == "open", "the last second counts"
    obligations.tick(duty.due_at + dt.timedelta(seconds=1))
    told = set(DutyNotice.objects.values_list("person_id", "kind"))
    assert {(office.person("legal"), "remind"), (office.person("legal"), "breach"),
            (office.person("boss"), "escalation")} <= told  # fmt: skip
    moment.at(duty.due_at + dt.timedelta(hours=1))
    contract_approve(viewer=office.viewer("legal"), uid=sent.uid, version=sent.version, **OPINIONS)
    deliver()
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == ("fulfilled", True)


def test_b_31_falls_away_when_the_contract_is_withdrawn(office: Office) -> None:
    seller, row = at_work(office, "seller one"), draft(office)
    do(seller, "contracts", row, "submit")
    deliver()

    assert do(seller, "contracts", row, "withdraw").status_code == 302
    deliver()

    row.refresh_from_db()
    assert (row.status, Duty.objects.get(code="B-31").state) == ("draft", "cancelled")
    again = do(seller, "contracts", row, "withdraw")
    assert "not in legal review" in text_of(again)


def test_only_legal_decides_and_only_once(office: Office) -> None:
    row = draft(office)
    sent = contract_submit(viewer=office.viewer("seller one"), uid=row.uid, version=row.version)

    for who in ("lead one", "boss"):  # they approve deals, but are not legal
        with pytest.raises(Forbidden):
            contract_approve(viewer=office.viewer(who), uid=sent.uid, version=sent.version, **OPINIONS)
    contract_approve(viewer=office.viewer("legal"), uid=sent.uid, version=sent.version, **OPINIONS)
    with pytest.raises(Stale):
        contract_return(viewer=office.viewer("legal"), uid=sent.uid, version=sent.version, reason="x", **OPINIONS)
    answer = do(at_work(office, "legal"), "contracts", row, "return", **OPINIONS, reason="x")
    assert "not in legal review" in text_of(answer)


def test_a_natural_person_signs_in_person_and_a_firm_does_not(office: Office) -> None:
    customer = office.human("seller one")
    row = approved(office, a_draft(seller_of(office), customer=customer))
    assert row.customer_party == customer.name, "the masked name, as everywhere"
    firm = approved(office, draft(office))
    signer = a_signer(office.viewer("seller one"), firm.customer)

    def sign(one: Contract, who: str) -> Contract:
        return contract_sign(
            viewer=office.viewer("seller one"), uid=one.uid, version=one.version, signer=who, authority="in_person",
            authority_reference="身份证已核对", signed_on=clock.today(), is_sealed=True,
        )  # fmt: skip

    assert sign(row, "self").is_signed
    with pytest.raises(Invalid):
        sign(firm, str(signer.uid))
    with pytest.raises(GateClosed):
        sign(firm, "self")


def test_cancel_and_end_need_a_reason_and_their_state(office: Office) -> None:
    seller, row = at_work(office, "seller one"), draft(office)

    assert do(seller, "contracts", row, "terminate", reason="x").status_code == 422
    assert do(seller, "contracts", row, "cancel", reason="").status_code == 422
    assert do(seller, "contracts", row, "cancel", reason="客户取消采购").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.ended_reason) == ("cancelled", "客户取消采购")
    other = signed(office, approved(office, draft(office)))
    assert do(seller, "contracts", other, "cancel", reason="x").status_code == 422
    assert do(seller, "contracts", other, "terminate", reason="双方同意").status_code == 302
    other.refresh_from_db()
    assert (other.status, other.ends_on) == ("ended", clock.today())


@pytest.mark.requirement("SEC-04", proof="user")
def test_legal_sees_every_contract_and_the_other_department_none(office: Office) -> None:
    row = draft(office)

    assert row.number in page(at_work(office, "legal"), f"/contracts/{row.uid}/")
    assert at_work(office, "seller two").get(f"/contracts/{row.uid}/").status_code == 404
    assert at_work(office, "service").get("/contracts/").status_code == 403


@pytest.mark.requirement("WIN-11", proof="user")
def test_who_had_a_hand_in_the_contract_gives_no_legal_opinion_on_it(office: Office) -> None:
    PostHolding.objects.create(person=seller_of(office), post="legal", since="2020-01-01")
    seller, row = at_work(office, "seller one", "zh-hans"), draft(office)
    do(seller, "contracts", row, "submit")

    refused = [do(seller, "contracts", row, act, **OPINIONS, reason="x") for act in ("approve", "return")]

    row.refresh_from_db()
    assert [one.status_code for one in refused] == [422, 422]
    assert "该事项由您本人编写、提出或提交，须由其他有审批权限的人员决定。" in text_of(refused[0])
    assert (row.status, Review.objects.count()) == ("review", 0)
    assert f"/contracts/{row.uid}/do/approve/" not in seller.get(f"/contracts/{row.uid}/").content.decode()
    assert (
        f"/contracts/{row.uid}/do/approve/" in at_work(office, "legal").get(f"/contracts/{row.uid}/").content.decode()
    )
