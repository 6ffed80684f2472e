"""What columns are taken for, by names and by values, and how a person corrects it."""

import json
from pathlib import Path

import pytest

from zhike.foundation.tables.faults import UnusableInput, WrongUse
from zhike.insight.intake.meanings import kinds, known_names, meanings, name_score, plain, unit_of, values
from zhike.insight.intake.tests.plumbing import meanings_of, planned, written


def _kinds(*paths: Path, **asked: object) -> dict[str, str | None]:
    return {u.source.label: u.kind for u in planned(*paths, **asked).understandings}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            "客户名称,下单日期,金额（万元）\n甲公司,2024-01-01,1.2\n乙公司,2024-01-02,3\n",
            "orders",
            {"客户名称": "customer_name", "下单日期": "ordered_on", "金额（万元）": "amount"},
        ),
        (
            "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            "536365,85123A,6,12/1/2010 8:26,2.55,17850,United Kingdom\n",
            "orders",
            {
                "InvoiceNo": "order_id",
                "Quantity": "quantity",
                "UnitPrice": "unit_price",
                "CustomerID": "customer_id",
                "InvoiceDate": "ordered_on",
                "Country": "region",
            },
        ),
        (
            "opportunity_id,account,deal_stage,engage_date,close_date,close_value\nX1,A,Won,2017-01-01,2017-02-01,5\n",
            "deals",
            {"account": "customer_name", "close_value": "deal_value", "close_date": "closed_on"},
        ),
        (
            "商机编号,客户名称,商机阶段,创建日期,预计金额\nS1,甲,赢单,2024-01-01,5\n",
            "deals",
            {"商机阶段": "stage", "预计金额": "deal_value", "创建日期": "opened_on"},
        ),
        (
            "customerID,tenure,Contract,MonthlyCharges,Churn\nA,1,Month,29.85,No\nB,34,Year,56.95,Yes\n",
            "customers",
            {"tenure": "tenure_months", "MonthlyCharges": "monthly_bill", "Churn": "churned", "Contract": None},
        ),
        (
            "ticket_id,account_id,submitted_at,closed_at,satisfaction_score\nT1,A,2024-01-01,2024-01-02,4\n",
            "tickets",
            {"submitted_at": "opened_on", "satisfaction_score": "satisfaction"},
        ),
        (
            "投诉编号,客户编号,投诉日期,投诉原因\nT1,A,2024-01-01,价格\n",
            "complaints",
            {"投诉日期": "received_on", "投诉原因": "cause"},
        ),
        ("客户编号,月份,功能使用次数,登录次数\nA,2024-01,5,6\n", "usage", {"月份": "month", "登录次数": "logins"}),
        (
            "subscription_id,account_id,start_date,end_date,mrr_amount\nS1,A,2023-12-23,2024-04-12,2786\n",
            "contracts",
            {"start_date": "starts_on", "end_date": "ends_on"},
        ),
        ("客户编号,账期,账单金额\nA,2024-01,88.5\n", "bills", {"账期": "period", "账单金额": "bill_amount"}),
        (
            "客户名称,跟进日期,跟进方式,呼叫方向\n甲,2024-01-01,电话,呼入\n",
            "interactions",
            {"跟进日期": "contacted_on", "跟进方式": "contact_kind"},
        ),
        (
            "客户名称,行业,年消费额,最近下单日期\n甲,制造,600000,2024-01-01\n乙,零售,5,2024-02-01\n",
            "customers",
            {"年消费额": "annual_spend", "最近下单日期": None},
        ),
    ],
)
def test_a_table_is_understood_by_its_columns(
    tmp_path: Path, text: str, kind: str, expected: dict[str, str | None]
) -> None:
    plan = planned(written(tmp_path, "a.csv", text))

    found = meanings_of(plan)

    assert plan.understandings[0].kind == kind
    assert {name: found[name] for name in expected} == expected


def test_strange_names_are_understood_by_their_values(tmp_path: Path) -> None:
    rows = "".join(f"k{i % 7},2024-0{1 + i % 9}-11,{i * 1.37 + 0.5:.2f}\n" for i in range(60))

    plan = planned(written(tmp_path, "a.csv", "kd,wann,wieviel\n" + rows))

    assert meanings_of(plan) == {"kd": "customer_id", "wann": "ordered_on", "wieviel": "amount"}
    assert {column.evidence for column in plan.understandings[0].columns} == {"by_values"}


def test_a_table_of_refunds_or_products_is_not_taken_for_orders(tmp_path: Path) -> None:
    refunds = written(tmp_path, "r.csv", "account_id,churn_date,refund_amount_usd\nA,2024-10-27,4.03\nB,2024-06-25,0\n")
    products = written(tmp_path, "p.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n")
    orders = written(tmp_path, "o.csv", "客户,日期,金额\nA,2024-01-01,1\n")

    assert _kinds(orders, refunds, products) == {"o.csv": "orders", "r.csv": None, "p.csv": None}


def test_a_missing_column_is_named_with_file_line_and_remedy(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "客户编号,订单日期,备注\nA,2024-01-01,x\nB,2024-01-02,y\nA,2024-01-03,z\n")

    with pytest.raises(UnusableInput) as caught:
        planned(path)

    fault = caught.value
    assert (fault.code, fault.data["file"], fault.data["line"]) == ("missing_columns", "a.csv", "1")
    assert fault.data["missing"]("zh") == "金额"


def test_a_list_of_names_alone_supports_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        planned(written(tmp_path, "a.csv", "客户,备注\nA,1\nB,x\n"))

    assert caught.value.code == "missing_columns"


def test_column_names_without_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        planned(written(tmp_path, "a.csv", "客户编号,日期,金额\n"))

    assert caught.value.code == "no_rows"


def test_a_map_in_its_shortest_form_corrects_the_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "甲,乙,丙,金额\nK1,2024-01-01,7,1\nK2,2024-01-02,8,2\n")
    told = written(tmp_path, "m.toml", '"甲" = "customer_id"\n"乙" = "ordered_on"\n"丙" = "金额"\n"金额" = "ignore"\n')

    plan = planned(path, map_path=told)

    assert meanings_of(plan) == {"甲": "customer_id", "乙": "ordered_on", "丙": "amount", "金额": None}


def test_a_map_speaks_for_one_file_about_kind_dates_and_currency(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "客户,日期,金额\nA,3/4/2024,1\nB,5/4/2024,2\n")
    told = {"files": {"a.csv": {"kind": "orders", "date_format": "DMY", "currency": "EUR"}}, "rates": {"USD": 0.9}}

    plan = planned(path, map_path=written(tmp_path, "m.json", json.dumps(told)))

    u = plan.understandings[0]
    assert (u.column("ordered_on").date_style.order, u.currency, u.currency_evidence) == ("DMY", "EUR", "map")
    assert plan.told.rates == {"USD": 0.9}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"客户" = "no_such_meaning"', "map_meaning"),
        ('"没有的列" = "amount"', "map_column"),
        ('kind = "shipments"', "map_value"),
        ('date_format = "whatever"', "map_value"),
        ('currency = "XXX"', "map_value"),
        ("[rates]\nUSD = -1", "map_value"),
        ("[colums]\na = 1", "map_setting"),
        ('[files."a.csv"]\nfoo = 1', "map_setting"),
        ("not toml at all", "map_syntax"),
    ],
)
def test_a_wrong_map_is_wrong_use(tmp_path: Path, text: str, code: str) -> None:
    path = written(tmp_path, "a.csv", "客户,日期,金额\nA,2024-01-01,1\n")

    with pytest.raises(WrongUse) as caught:
        planned(path, map_path=written(tmp_path, "m.toml", text))

    assert caught.value.code == code
    if code == "map_meaning":
        assert all(name in caught.value.data["possible"]("zh") for name in meanings())


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("金额（万元）", 10_000),
        ("金额(元)", 1),
        ("销售额/千元", 1_000),
        ("合同额 亿元", 10**8),
        ("amount (k)", 1_000),
        ("金额", 1),
    ],
)
def test_a_unit_in_the_name_multiplies(name: str, factor: int) -> None:
    assert unit_of(name) == factor


@pytest.mark.parametrize(
    ("text", "currency", "evidence"),
    [
        ("客户,日期,金额\nA,2024-01-01,$5\nA,2024-01-02,$6\n", "USD", "values"),
        ("客户,日期,金额,币种\nA,2024-01-01,5,EUR\nA,2024-01-02,6,EUR\n", "EUR", "column"),
        ("customer_id,date,dollar_value\nA,2024-01-01,5\n", "USD", "name"),
        ("客户,日期,金额\nA,2024-01-01,5\n", "CNY", "assumed"),
    ],
)
def test_the_currency_is_told_by_column_sign_or_name(tmp_path: Path, text: str, currency: str, evidence: str) -> None:
    plan = planned(written(tmp_path, "a.csv", text))

    assert (plan.currency, plan.currency_evidence) == (currency, evidence)


def test_the_vocabulary_is_consistent() -> None:
    """Names stand in the form they are compared in, and kinds speak of meanings that exist."""
    for meaning in meanings().values():
        for name in meaning.names | meaning.weak:
            assert plain(name) == name, f"{meaning.code}: {name}"
        assert meaning.zh
        assert meaning.en
        assert not meaning.names & meaning.weak
    for kind in kinds().values():
        spoken = {*kind.marks, *kind.takes, *(code for group in kind.needs for code in group)}
        assert spoken <= meanings().keys()
    assert not values("won") & values("lost")
    assert not values("cancelled") & values("returned")
    assert "金额" in known_names()


def test_a_name_says_more_than_a_part_of_a_name() -> None:
    amount = meanings()["amount"]

    assert name_score("Amount", amount) == 1.0
    assert 0.45 < name_score("total_amount_2024", amount) < 0.9
    assert name_score("备注", amount) == 0.0
