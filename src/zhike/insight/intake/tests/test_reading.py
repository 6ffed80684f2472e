"""Rows into the snapshot: what is accepted, what is refused and why; read = accepted + rejected."""

import datetime as dt
import json
from pathlib import Path

import pytest

from zhike.foundation.kit import clock
from zhike.foundation.tables.faults import UnusableInput
from zhike.insight.intake.tests.plumbing import Read, written

DAY = dt.date


def test_orders_with_returns_cancellations_and_amounts_as_people_write_them(tmp_path: Path) -> None:
    text = (
        "客户名称;下单日期;金额（万元）;订单状态\r\n"
        "甲公司;2024年1月1日;1.2;已完成\r\n"
        "甲公司;2024/1/5;-0.2;已完成\r\n"
        "甲公司;20240106;3;已取消\r\n"
        "乙公司;2024-01-07;0.5;已退货\r\n"
        "合计;;4.5;\r\n"
    )

    read = Read(tmp_path, written(tmp_path, "a.csv", text, "gb18030"))

    assert read.orders_of("甲公司") == [
        (DAY(2024, 1, 1), 1_200_000, "done"),
        (DAY(2024, 1, 5), -200_000, "returned"),
        (DAY(2024, 1, 6), 3_000_000, "cancelled"),
    ]
    assert read.orders_of("乙公司") == [(DAY(2024, 1, 7), 500_000, "returned")]
    assert read.intake.counts == {"returns": 2, "cancelled": 1}
    assert read.counts == [("a.csv", 5, 4, 1)]
    assert read.rejected[0]["行号"] == "6"
    assert "合计" in read.rejected[0]["原因"]


def test_the_lines_of_an_invoice_are_one_order(tmp_path: Path) -> None:
    text = (
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "536365,A,6,12/1/2010 8:26,2.55,17850.0\n"
        "536365,B,2,12/1/2010 8:26,10,17850.0\n"
        "536366,A,1,12/13/2010 8:28,5,17850\n"
        "C536367,A,-1,12/14/2010 9:00,2.55,17850\n"
        "536368,A,1,12/15/2010 9:00,2.55,\n"
    )

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    assert read.orders_of("17850") == [
        (DAY(2010, 12, 1), 3530, "done"),
        (DAY(2010, 12, 13), 500, "done"),
        (DAY(2010, 12, 14), -255, "returned"),
    ]
    assert [(row["行号"], row["原因"]) for row in read.rejected] == [("6", "没有客户编号或名称")]


def test_an_invoice_whose_lines_are_partly_cancelled_keeps_the_others(tmp_path: Path) -> None:
    text = "order_id,product,customer_id,date,amount,status\n1,A,K,2024-01-01,10,done\n1,B,K,2024-01-01,5,cancelled\n"

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    assert read.orders_of("K") == [(DAY(2024, 1, 1), 1000, "done")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,2024-13-45,5", "不是可读的日期：2024-13-45"),
        ("A,,5", "“日期”为空"),
        ("A,2024-01-01,约三万", "不是金额：约三万"),
        ("A,2024-01-01,", "“金额”为空"),
        (",2024-01-01,5", "没有客户"),
        ("A,2024-01-01,5,6", "此行有 4 列"),
        ("A,2199-01-01,5", "晚于今天"),
        ("合计,,5", "合计行"),
    ],
)
def test_a_row_that_cannot_be_used_says_where_and_why(tmp_path: Path, row: str, reason: str) -> None:
    path = written(tmp_path, "a.csv", f"客户,日期,金额\nB,2024-01-01,1\n{row}\nB,2024-01-02,2\n")

    read = Read(tmp_path, path)

    (refused,) = read.rejected
    assert (refused["文件"], refused["行号"]) == ("a.csv", "3")
    assert reason in refused["原因"]
    assert refused["如何处理"]
    assert refused["原文"] == row
    assert read.counts == [("a.csv", 3, 2, 1)]
    assert len(read.intake.registry) == 1, "a refused row adds no customer"


def test_reasons_are_said_in_english_too(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "customer,date,amount\nB,2024-01-01,1\nB,soon,5\n")

    (refused,) = Read(tmp_path, path, language="en").rejected

    assert refused["Reason"] == '"date" is not a date: soon'
    assert refused["Original text"] == "B,soon,5"


def test_a_formula_in_a_refused_row_is_no_formula_in_the_report(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", '客户,日期,金额\nB,2024-01-01,1\n"=cmd|calc",soon,5\n')

    (refused,) = Read(tmp_path, path).rejected

    assert refused["原文"].startswith('"=') or refused["原文"].startswith("'=")


def test_the_as_of_day_is_the_last_date_and_never_in_the_future(tmp_path: Path) -> None:
    later = clock.today() + dt.timedelta(days=400)
    path = written(tmp_path, "a.csv", f"客户,日期,金额\nA,2024-05-01,1\nA,2024-06-30,2\nA,{later},3\n")

    read = Read(tmp_path, path)

    assert (read.intake.as_of, read.intake.as_of_evidence) == (DAY(2024, 6, 30), "last_date")
    assert read.counts == [("a.csv", 3, 2, 1)]


def test_an_as_of_day_that_is_given_leaves_out_what_came_later(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "客户,日期,金额\nA,2024-05-01,1\nA,2024-05-31,2\nA,2024-06-01,3\n")

    read = Read(tmp_path, path, as_of=DAY(2024, 5, 31))

    assert [day for day, _, _ in read.orders_of("A")] == [DAY(2024, 5, 1), DAY(2024, 5, 31)]
    assert "截止日" in read.rejected[0]["原因"]


def test_a_customer_that_stands_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    text = (
        "客户编号,客户名称,年消费额,合作开始日期\n1,甲,600000,2020-01-01\n2,乙,200000,2021-01-01\n1,甲,1,2022-01-01\n"
    )

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    assert [row["annual_spend_minor"] for row in read.table("customers")] == [60_000_000, 20_000_000]
    assert read.counts == [("a.csv", 3, 2, 1)]
    assert "已出现" in read.rejected[0]["原因"]


def test_the_very_same_order_twice_is_refused_but_lines_of_an_order_are_not(tmp_path: Path) -> None:
    twice = "订单编号,客户,日期,金额\n1,A,2024-01-01,5\n1,A,2024-01-01,5\n2,A,2024-01-01,5\n"
    lines = "订单编号,商品,数量,客户,日期,金额\n1,x,1,A,2024-01-01,5\n1,x,1,A,2024-01-01,5\n"

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = Read(tmp_path / "one", written(tmp_path, "a.csv", twice))
    second = Read(tmp_path / "two", written(tmp_path, "b.csv", lines))

    assert first.counts == [("a.csv", 3, 2, 1)]
    assert second.orders_of("A") == [(DAY(2024, 1, 1), 1000, "done")]


def test_orders_find_their_customer_by_number_or_by_name(tmp_path: Path) -> None:
    people = written(
        tmp_path, "people.csv", "客户编号,客户名称,行业,客户经理\n001,Acme Ltd,制造,王五\n002,乙公司,零售,赵六\n"
    )
    numbers = written(tmp_path, "n.csv", "客户编号,日期,金额\n001,2024-01-01,1\n")
    names = written(tmp_path, "m.csv", "客户名称,日期,金额\nACME  LTD,2024-01-02,2\n丙公司,2024-01-03,3\n")

    read = Read(tmp_path, names, numbers, people)

    registry = read.intake.registry
    assert len(registry) == 3
    assert [day for day, _, _ in read.orders_of("acme ltd")] == [DAY(2024, 1, 1), DAY(2024, 1, 2)]
    assert registry.extras["owner"][1] == "王五"


def test_deals_won_are_orders_and_open_ones_have_no_end(tmp_path: Path) -> None:
    text = (
        "opportunity_id,account,sales_agent,deal_stage,engage_date,close_date,close_value\n"
        "1,A,Ann,Won,2017-01-01,2017-02-01,100\n"
        "2,A,Ben,Lost,2017-01-05,2017-02-05,0\n"
        "3,A,Ben,Engaging,2017-01-09,2017-12-31,\n"
        "4,,Ben,Prospecting,,,\n"
        "5,B,Ben,Prospecting,,,\n"
    )

    read = Read(tmp_path, written(tmp_path, "a.csv", text), as_of=DAY(2017, 3, 1))

    assert read.orders_of("a") == [(DAY(2017, 2, 1), 10000, "done")]
    assert [(deal["outcome"], deal["closed_on"]) for deal in read.table("deals")] == [
        ("won", DAY(2017, 2, 1)),
        ("lost", DAY(2017, 2, 5)),
        (None, None),
        (None, None),
    ]
    assert read.counts == [("a.csv", 5, 4, 1)]
    assert read.intake.registry.extras["owner"][1] == "Ben"


def test_a_deal_that_closed_after_the_as_of_day_was_open_then(tmp_path: Path) -> None:
    text = "opportunity_id,account,deal_stage,engage_date,close_date,close_value\n1,A,Won,2017-01-01,2017-02-01,100\n"

    read = Read(tmp_path, written(tmp_path, "a.csv", text), as_of=DAY(2017, 1, 31))

    assert read.table("orders") == []
    assert read.table("deals")[0]["outcome"] is None


def test_customers_alone_give_bill_tenure_outcome_and_features(tmp_path: Path) -> None:
    text = (
        "customerID,phone,gender,tenure,Contract,MonthlyCharges,TotalCharges,Churn Reason,Churn\n"
        "A,13800001111,F,1,Month-to-month,29.85,29.85,,No\n"
        "B,13800002222,M,34,One year,56.95, ,price,Yes\n"
        "C,13800003333,M,0,Two year,20,1.5,,No\n"
    )

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    customers = read.table("customers")
    assert [(c["tenure_months"], c["monthly_bill_minor"], c["churned"]) for c in customers] == [
        (1.0, 2985, False),
        (34.0, 5695, True),
        (0.0, 2000, False),
    ]
    features = read.table("customer_attributes")
    assert set(features[0]) == {"customer_id", "gender", "Contract", "TotalCharges"}, "no telephone, no outcome"
    assert [row["TotalCharges"] for row in features] == [29.85, None, 1.5]
    assert (read.intake.as_of, read.intake.as_of_evidence) == (clock.today(), "today")


def test_no_name_number_or_telephone_reaches_the_snapshot(tmp_path: Path) -> None:
    text = "客户编号,客户名称,电话,客户经理,行业,年消费额\nK-77,王小明,13812345678,赵六,制造,5\n"
    text += "K-78,李雷,13912345678,赵六,零售,6\n"

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    for path in read.intake.snapshot.iterdir():
        content = path.read_bytes()
        for personal in ("王小明", "13812345678", "K-77", "赵六"):
            assert personal.encode() not in content


def test_cells_nobody_needs_count_as_empty_and_are_reported(tmp_path: Path) -> None:
    text = "客户编号,年消费额,满意度\nA,500,4.5\nB,很多,9\nC,7,3\n"

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    assert [row["satisfaction"] for row in read.table("customers")] == [4.5, None, 3.0]
    short = read.intake.shortfalls[("a.csv", "年消费额")]
    assert (short.cells, short.line, short.text) == (1, 3, "很多")
    assert read.counts == [("a.csv", 3, 3, 0)]


def test_amounts_in_two_currencies_keep_theirs_and_rates_are_passed_on(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "客户,日期,金额,币种\nA,2024-01-01,5,USD\nA,2024-01-02,6,EUR\nA,2024-01-03,7,USD\n"
    )
    told = written(tmp_path, "m.toml", "[rates]\nEUR = 1.1\n")

    read = Read(tmp_path, path, map_path=told)

    assert [row["currency"] for row in read.table("orders")] == ["USD", "EUR", "USD"]
    meta = json.loads((read.intake.snapshot / "meta.json").read_text())
    assert (meta["currency"], meta["rates"]) == ("USD", {"EUR": 1.1})


def test_tickets_complaints_usage_contracts_and_bills_are_read_beside_orders(tmp_path: Path) -> None:
    files = [
        written(tmp_path, "orders.csv", "客户编号,日期,金额\nA,2024-03-01,5\n"),
        written(tmp_path, "t.csv", "ticket_id,account_id,submitted_at,closed_at,satisfaction\n1,A,2024-01-01,,7\n"),
        written(tmp_path, "c.csv", "投诉编号,客户编号,投诉日期,投诉原因\n1,A,2024-01-01,服务响应慢\n"),
        written(tmp_path, "u.csv", "客户编号,月份,功能使用次数\nA,2024-01-05,3\nA,2024-01-20,4\n"),
        written(tmp_path, "k.csv", "合同编号,客户编号,合同开始日期,合同到期日\n1,A,2024-01-01,2030-01-01\n"),
        written(tmp_path, "b.csv", "客户编号,账期,账单金额\nA,2024-01,88.5\n"),
    ]

    read = Read(tmp_path, *files)

    assert read.table("tickets")[0]["satisfaction"] is None
    assert read.table("complaints")[0]["cause"] == "slow_response"
    assert read.table("usage") == [{"customer_id": 1, "month": DAY(2024, 1, 1), "feature_uses": 7, "logins": None}]
    assert read.table("contracts")[0]["ends_on"] == DAY(2030, 1, 1)
    assert read.table("bills")[0]["amount_minor"] == 8850
    assert read.intake.as_of == DAY(2024, 3, 1)


def test_a_table_that_is_not_understood_loses_no_row_silently(tmp_path: Path) -> None:
    orders = written(tmp_path, "o.csv", "客户,日期,金额\nA,2024-01-01,1\n")
    notes = written(tmp_path, "n.csv", "Table,Field,Description\norders,客户,who\norders,日期,when\n")

    read = Read(tmp_path, orders, notes)

    assert read.counts == [("o.csv", 1, 1, 0), ("n.csv", 2, 0, 2)]
    assert len(read.rejected) == 2


def test_a_file_without_a_usable_row_is_refused_with_the_commonest_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "客户,日期,金额\n,2024-01-01,1\n,2024-01-02,2\n")

    with pytest.raises(UnusableInput) as caught:
        Read(tmp_path, path)

    assert caught.value.code == "all_rows_refused"
    assert caught.value.data["line"] == "2"


def test_two_hundred_columns_are_read(tmp_path: Path) -> None:
    more = [f"列{i}" for i in range(197)]
    text = ",".join(["客户", "日期", "金额", *more]) + "\n" + "\n".join(["A,2024-01-01,1" + ",x" * 197] * 30) + "\n"

    read = Read(tmp_path, written(tmp_path, "a.csv", text))

    assert read.counts == [("a.csv", 30, 30, 0)]
