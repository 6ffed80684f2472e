"""Rows: what is wrong with them is said, what is there already is recognised, nobody reaches beyond the own reach."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import Contact, Customer, Interaction
from zhike.customers.services import personal
from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation.imports import reports, services
from zhike.foundation.imports.models import State
from zhike.foundation.imports.refusals import TooLate, WrongStep
from zhike.foundation.imports.tests.drive import brought, checked, imported, proposal, reasons, reverted, written
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.obligations.models import Duty
from zhike.ledger.models import Order

pytestmark = pytest.mark.django_db
HEAD = "客户编号,客户名称,客户类型,电话,员工人数,合作开始日期,客户经理\n"


@pytest.fixture
def office(db: None) -> Office:
    return opened()


def test_cells_that_cannot_be_read_reject_their_row_with_a_sentence(office: Office) -> None:
    ahead = (clock.today() + dt.timedelta(days=30)).isoformat()
    text = HEAD + (
        "A1,甲公司,企业,,很多,,\n"
        "A2,乙公司,外星人,,,,\n"
        f"A3,丙公司,企业,,,{ahead},\n"
        "A4,丁公司,企业,,-5,,\n"
        "A5,,企业,,,,\n"
        "A6,戊公司,企业,12,,,\n"
        "A7,己公司,企业,,12,2020/3/4,\n"
    )
    seller = office.viewer("seller one")
    made = checked(seller, brought(seller, "customers", text), key="number")

    said = reasons(made)
    assert sorted(said) == [2, 3, 4, 5, 6, 7]
    assert "很多" in said[2]
    assert "外星人" in said[3]
    assert ahead in said[4]
    assert "-5" in said[5]
    assert made.counts["new"] == 1
    assert made.counts["read"] == made.counts["new"] + made.counts["rejected"]


def test_a_formula_stays_text_and_is_harmless_in_the_file_of_rejected_rows(office: Office) -> None:
    text = HEAD + '=HYPERLINK("http://x"),甲公司,无此类型,,,,\nA2,=1+1公司,企业,,,,\n'
    seller = office.viewer("seller one")
    made = checked(seller, brought(seller, "customers", text))

    file = b"".join(reports.reject_file(seller, made)).decode("utf-8-sig")

    assert "'=HYPERLINK" in file
    assert '\n"=HYPERLINK' not in file
    assert "\n=" not in file
    again = brought(seller, "customers", file.replace("无此类型", "企业"))
    assert checked(seller, again, columns=proposal(seller, made), key="number").counts["new"] == 1
    assert written(seller, again).state == State.DONE
    assert Customer.objects.get(name="甲公司").external_id == '=HYPERLINK("http://x")'


def test_who_stands_in_the_file_twice_comes_in_once(office: Office) -> None:
    text = HEAD + "A1,甲公司,企业,,,,\nA1,乙公司,企业,,,,\nA3,甲有限公司,企业,,,,\n"
    seller = office.viewer("seller one")
    made = imported(seller, "customers", text, key="number")

    assert made.counts == {"new": 1, "updated": 0, "unchanged": 0, "rejected": 2, "duplicates": 2, "read": 3}
    assert set(reasons(made)) == {3, 4}


@pytest.mark.parametrize(
    ("on_match", "phone", "staff"),
    [("skip", "57188000000", None), ("fill", "57188000000", 40), ("overwrite", "57188001111", 40)],
)
def test_what_is_there_is_left_filled_in_or_overwritten(
    office: Office, on_match: str, phone: str, staff: int | None
) -> None:
    held = office.firm("seller one", name="杭州甲机械厂", phone="0571-88000000")
    text = HEAD + f"{held.number},杭州甲机械厂,企业,0571-88001111,40,,\n"
    seller = office.viewer("seller one")

    made = imported(seller, "customers", text, key="number", on_match=on_match)

    held.refresh_from_db()
    assert (held.phone, held.staff_count) == (phone, staff)
    assert made.counts["updated"] == (0 if on_match == "skip" else 1)
    assert made.counts["new"] == 0
    assert not made.report or made.report["agrees"]


def test_a_record_of_another_department_is_neither_changed_nor_shown(office: Office) -> None:
    theirs = office.firm("seller two", name="绍兴丙机械厂", staff_count=7)
    text = HEAD + f"{theirs.number},绍兴丙机械厂,企业,,40,,\nA9,绍兴丙机械厂,企业,,40,,\n"
    lead = office.viewer("lead one")

    made = checked(lead, brought(lead, "customers", text), key="number", on_match="overwrite")

    assert made.counts["rejected"] == 2
    assert made.counts["duplicates"] == 2
    said = " ".join(reasons(made).values())
    assert "员工" not in said.replace("员工人数", "")
    assert theirs.owner.name not in said
    theirs.refresh_from_db()
    assert theirs.staff_count == 7


def test_nobody_gives_records_to_people_beyond_the_own_reach(office: Office) -> None:
    other, own = office.people["seller two"], office.people["other one"]
    text = HEAD + f"A1,甲公司,企业,,,,{other.username}\nA2,乙公司,企业,,,,{own.name}\nA3,丙公司,企业,,,,张无忌\n"
    lead = office.viewer("lead one")

    made = imported(lead, "customers", text, key="number")

    assert set(reasons(made)) == {2}
    assert reports.unknown_people(made) == {"张无忌": 1}
    owners = Customer.objects.order_by("external_id").values_list("external_id", "owner_id")
    assert list(owners) == [("A2", own.pk), ("A3", lead.person_id)]


def test_times_and_creators_of_the_old_system_are_kept(office: Office) -> None:
    seller = office.people["seller two"]
    head = "原编号,客户名称,客户类型,客户经理,建档时间,创建人\n"
    text = f"{head}A1,甲公司,企业,{seller.username},2019-05-06 08:30,{seller.name}\n"

    imported(office.viewer("it"), "customers", text, key="external_id")

    held = Customer.objects.get(external_id="A1")
    assert f"{clock.local(held.created_at):%Y-%m-%d %H:%M}" == "2019-05-06 08:30"
    assert held.owner_id == held.created_by_id == seller.pk
    assert held.department_id == seller.department_id


def test_persons_are_kept_in_the_vault_and_nowhere_else(office: Office) -> None:
    text = "客户编号,姓名,客户类型,手机号\nP1,欧阳静宜,个人,13800138000\n"
    seller = office.viewer("seller one")
    made = imported(seller, "customers", text, key="number")

    held = Customer.objects.get(external_id="P1")
    assert personal.whole(held.uid)["phone"] == "13800138000"
    for piece in made.pieces.all():
        assert "欧阳静宜".encode() not in bytes(piece.staged or b"") + bytes(piece.effects or b"")
    assert "13800138000" not in str(made.report) + str(made.counts)


def test_contacts_orders_and_talks_find_their_customers(office: Office) -> None:
    firm = office.firm("seller one", name="杭州甲机械厂")
    seller, it = office.viewer("seller one"), office.viewer("it")

    named = "公司,联系人,职务,手机\n杭州甲机械厂有限公司,王磊,采购,13900139000\n不存在公司,李四,,\n"
    said = f"客户编号,类型,跟进时间,跟进内容\n{firm.number},电话,2024-03-04 10:00,要报价\n"
    people, talks = imported(seller, "contacts", named), imported(seller, "interactions", said)
    orders = imported(
        it, "orders",
        "客户编号,订单号,下单日期,订单金额,状态\n"
        f"{firm.number},S1,2024-01-02,\"1,250.50\",已完成\n{firm.number},S2,2024-01-03,-20,\n"
        f"{firm.number},S3,2024-01-03,20,退货\n",
        key="number",
    )  # fmt: skip

    assert people.counts["new"] == 1
    assert "不存在公司" in reasons(people)[3]
    assert Contact.objects.get().customer_id == firm.pk
    assert talks.counts["new"] == 1
    assert Interaction.objects.get().feedback == "要报价"
    assert set(reasons(orders)) == {3}
    assert dict(Order.objects.values_list("number", "amount_minor")) == {"S1": 125050, "S3": -2000}
    assert orders.report["agrees"]
    assert orders.report["sums"]["amount"] == [123050, 123050]
    lines = firm.timeline.values_list("kind", flat=True)
    assert {"interaction", "order.done", "order.returned"} <= set(lines)


def test_a_reversal_removes_and_puts_back_but_leaves_what_somebody_touched(office: Office) -> None:
    changed = office.firm("seller one", name="杭州甲机械厂", staff_count=7)
    text = HEAD + (
        f"{changed.number},杭州甲机械厂,企业,,40,,\nA1,宁波乙公司,企业,,,,\nA2,温州丙公司,企业,,,,\nA3,台州丁公司,企业,,,,\n"
    )
    seller = office.viewer("seller one")
    made = imported(seller, "customers", text, key="number", on_match="overwrite")
    touched, used = Customer.objects.get(external_id="A2"), Customer.objects.get(external_id="A3")
    from zhike.customers.services.contact import contact_create
    from zhike.customers.services.customer import customer_update

    customer_update(viewer=seller, uid=touched.uid, version=touched.version, staff_count=3)
    contact_create(viewer=seller, customer_uid=used.uid, name="王磊")

    reverted(seller, made)

    changed.refresh_from_db()
    assert changed.staff_count == 7
    alive = set(Customer.objects.filter(deleted_at=None).values_list("name", flat=True))
    assert alive == {"杭州甲机械厂", "温州丙公司", "台州丁公司"}
    assert made.report["reverted"] == {"removed": 1, "restored": 1, "left": 2}
    with pytest.raises(WrongStep):
        services.import_revert(viewer=seller, uid=made.uid)


@pytest.mark.parametrize("starts", [False, True])
def test_clocks_of_open_records_start_only_if_somebody_asks(office: Office, starts: bool) -> None:
    firm = office.firm("manager one")
    text = (
        f"客户编号,工单号,主题,受理时间,关闭时间\n{firm.number},T1,报表打不开,2024-03-04 10:00,\n"
        f"{firm.number},T2,登录失败,2024-03-04 10:00,2024-03-05 10:00\n"
    )

    made = imported(office.viewer("it"), "tickets", text, key="number", starts_duties=starts)
    deliver()

    assert made.counts["new"] == 2
    assert made.report["agrees"]
    running = set(Duty.objects.values_list("code", flat=True))
    assert running == ({"B-02", "B-03"} if starts else set())
    assert made.report.get("duties", 0) == (1 if starts else 0)


def test_orders_are_taken_back_with_their_lines(office: Office) -> None:
    firm = office.firm("seller one")
    it = office.viewer("it")
    made = imported(it, "orders", f"客户编号,订单号,下单日期,金额\n{firm.number},S1,2024-01-02,10\n", key="number")

    reverted(it, made)

    assert not Order.objects.filter(deleted_at=None).exists()
    assert not firm.timeline.filter(kind="order.done").exists()


def test_after_its_days_an_import_stays_and_its_rows_go(office: Office) -> None:
    seller = office.viewer("seller one")
    made = imported(seller, "customers", HEAD + "A1,甲公司,企业,,,,\n", key="number")
    long_ago = clock.now() - dt.timedelta(days=400)
    type(made).objects.filter(pk=made.pk).update(created_at=long_ago, finished_at=long_ago)

    with pytest.raises(TooLate):
        services.import_revert(viewer=seller, uid=made.uid)
    services.imports_empty()
    services.imports_empty()

    made.refresh_from_db()
    assert made.shape is None
    assert not made.pieces.exclude(staged=None, effects=None, verdicts=None).exists()
    assert made.counts["new"] == 1


def test_an_import_of_somebody_else_is_not_found(office: Office) -> None:
    made = brought(office.viewer("seller one"), "customers", HEAD + "A1,甲公司,企业,,,,\n")

    with pytest.raises(NotFound):
        services.one(office.viewer("lead one"), made.uid)
    assert services.one(office.viewer("it"), made.uid) == made
