"""How orders, bills and use of packages come in from files."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import facts_present
from zhike.foundation.records.declare import Choice, Field, Kind
from zhike.foundation.records.importer import CREATED_AT, EXTERNAL_ID, Importer, Key, Row, Written, by_column
from zhike.ledger.models import Bill, Order, PackageUse
from zhike.ledger.models.order import OrderStatus
from zhike.ledger.services import taking

_IMPORT = Origin.IMPORT.value
NEGATIVE = gettext_noop("Only a return is negative. Correct the amount, or give the row the status “returned”.")
_ORDER = {
    "customer": "customer_id", "number": "number", "ordered_on": "ordered_on", "amount": "amount_minor",
    "status": "status", "external_id": "external_id", "created_at": "created_at",
}  # fmt: skip
_USE = {
    "customer": "customer_id", "package": "package", "unit": "unit", "period": "period", "allowance": "allowance",
    "used": "used", "external_id": "external_id", "created_at": "created_at",
}  # fmt: skip
_BILL = {
    "customer": "customer_id", "period": "period", "amount": "amount_minor", "due_on": "due_on", "paid_on": "paid_on",
    "external_id": "external_id", "created_at": "created_at",
}  # fmt: skip


def _orders_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    # A return reduces what was spent: its amount is negative, however the file writes it.
    for row in rows:
        if row.values.get("status") == OrderStatus.RETURNED:
            row.values["amount"] = -abs(row.values["amount"])
    wrong = [row.values["amount"] < 0 and row.values.get("status") != OrderStatus.RETURNED for row in rows]
    fit = [{_ORDER[k]: v for k, v in row.values.items()} for row, no in zip(rows, wrong, strict=True) if not no]
    pks = iter(taking.orders_take(viewer=viewer, rows=fit, origin=_IMPORT) if fit else ())
    return [Written(problems={"amount": NEGATIVE}) if no else Written(next(pks)) for no in wrong]


_STATUS = tuple(Choice(value, label) for value, label in OrderStatus.choices)

ORDERS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("number", _("Order number"), max_length=40),
        Field("ordered_on", _("Ordered on"), Kind.DATE),
        Field("amount_minor", _("Amount"), Kind.MONEY, name="amount"),
        Field("status", _("Status"), Kind.CHOICE, choices=_STATUS),
        EXTERNAL_ID,
        CREATED_AT,
    ),
    needs=("customer", "number", "ordered_on", "amount"),
    keys=(Key("number", by_column(Order, "number")), Key("external_id", by_column(Order, "external_id"))),
    load=_orders_load,
    present=facts_present(Order, _ORDER),
    remove=taking.orders_remove,
    update=lambda *, viewer, uid, version, **changes: taking.order_update(
        viewer=viewer, uid=uid, version=version, **{_ORDER[key]: value for key, value in changes.items()}
    ),
    changeable=("ordered_on", "amount", "status"),
    past=("ordered_on", "created_at"),
    synonyms={
        "number": ("订单号", "订单编号", "单号", "order no", "order id"),
        "ordered_on": ("下单日期", "订单日期", "下单时间", "日期", "date", "order date"),
        "amount": ("订单金额", "金额", "销售额", "total", "value"),
        "status": ("订单状态",),
        "customer": ("客户", "公司"),
    },
    hint=_("Import the customers first: each order names its customer. Amounts are in yuan."),
)


def _bills_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    pks = taking.bills_take(
        viewer=viewer, rows=[{_BILL[k]: v for k, v in row.values.items()} for row in rows], origin=_IMPORT
    )
    return [Written(pk) for pk in pks]


BILLS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("period", _("Month"), Kind.DATE),
        Field("amount_minor", _("Amount"), Kind.MONEY, name="amount", minimum=0),
        Field("due_on", _("Due on"), Kind.DATE),
        Field("paid_on", _("Paid on"), Kind.DATE),
        EXTERNAL_ID,
        CREATED_AT,
    ),
    needs=("customer", "period", "amount"),
    keys=(Key("external_id", by_column(Bill, "external_id")),),
    load=_bills_load,
    present=facts_present(Bill, _BILL),
    remove=taking.bills_remove,
    update=lambda *, viewer, uid, version, **changes: taking.bill_update(
        viewer=viewer, uid=uid, version=version, **{_BILL[key]: value for key, value in changes.items()}
    ),
    changeable=("period", "amount", "due_on", "paid_on"),
    past=("period", "paid_on", "created_at"),
    synonyms={
        "period": ("账期", "账单月份", "月份", "billing month"),
        "amount": ("账单金额", "应收金额", "金额", "total"),
        "due_on": ("到期日", "应付日期", "due date"),
        "paid_on": ("付款日期", "收款日期", "paid date"),
        "external_id": ("账单编号", "账单号", "bill number", "invoice number"),
    },
    hint=_("Import the customers first: each bill names its customer. Amounts are in yuan."),
)


def _uses_load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    for row in rows:
        row.values["period"] = row.values["period"].replace(day=1)
    pks = taking.package_uses_take(
        viewer=viewer, rows=[{_USE[k]: v for k, v in row.values.items()} for row in rows], origin=_IMPORT
    )
    return [Written(pk) for pk in pks]


PACKAGE_USES = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("package", _("Package"), max_length=80),
        Field("unit", _("Unit"), max_length=20),
        Field("period", _("Month"), Kind.DATE),
        Field("allowance", _("Included"), Kind.NUMBER, minimum=1),
        Field("used", _("Used"), Kind.NUMBER, minimum=0),
        EXTERNAL_ID,
        CREATED_AT,
    ),
    needs=("customer", "package", "unit", "period", "allowance", "used", "external_id"),
    keys=(Key("external_id", by_column(PackageUse, "external_id")),),
    load=_uses_load,
    present=facts_present(PackageUse, _USE),
    remove=taking.package_uses_remove,
    update=lambda *, viewer, uid, version, **changes: taking.package_use_update(
        viewer=viewer, uid=uid, version=version, **{_USE[key]: value for key, value in changes.items()}
    ),
    changeable=("allowance", "used"),
    past=("period", "created_at"),
    synonyms={
        "package": ("套餐", "套餐名称", "资费套餐", "plan"),
        "unit": ("单位", "计量单位", "measure"),
        "period": ("账期", "月份", "统计月份", "billing month"),
        "allowance": ("套餐额度", "包含量", "额度", "限额", "limit", "quota"),
        "used": ("已用量", "使用量", "用量", "usage"),
        "external_id": ("用量编号", "流水号", "usage number"),
    },
    hint=_("One row a package and month; the next file with the same number brings the newer figure."),
)
