"""How orders, bills and the use of packages are shown. They come from files and other systems, not from forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.ledger import importing
from zhike.ledger.models import Bill, Order, PackageUse
from zhike.ledger.models.order import OrderStatus

_STATUS = (
    Choice(OrderStatus.DONE.value, OrderStatus.DONE.label, "good", "circle-check"),
    Choice(OrderStatus.RETURNED.value, OrderStatus.RETURNED.label, "warn", "arrow-back-up"),
    Choice(OrderStatus.CANCELLED.value, OrderStatus.CANCELLED.label, "neutral", "circle-x"),
)

ORDERS = register(
    RecordType(
        model=Order,
        code="orders",
        area=Area.ORDERS,
        title=_("Order"),
        plural=_("Orders"),
        icon="shopping-cart",
        section="customers",
        order=40,
        name_field="number",
        empty=_("Orders arrive with a file or from a connected system."),
        fields=(
            Field("number", _("Order number")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("ordered_on", _("Ordered on"), Kind.DATE, filterable=True),
            Field("amount_minor", _("Amount"), Kind.MONEY, currency_path="currency", name="amount"),
            Field("status", _("Status"), Kind.BADGE, choices=_STATUS, filterable=True),
            Field("origin", _("Origin")),
        ),
        list_columns=("number", "customer", "ordered_on", "amount", "status"),
        card=("customer", "ordered_on", "amount"),
        default_sort="ordered_on",
        sorts=(Sort("ordered_on", descending=True),),
        views=(
            View("all", _("All")),
            View("returned", _("Returned"), {"status": "returned"}),
            View("cancelled", _("Cancelled"), {"status": "cancelled"}),
        ),
        importer=importing.ORDERS,
        sections=(Section(_("Order"), ("number", "customer", "ordered_on", "amount", "status", "origin")),),
    )
)

BILLS = register(
    RecordType(
        model=Bill,
        code="bills",
        area=Area.ORDERS,
        title=_("Bill"),
        plural=_("Bills"),
        icon="receipt",
        order=50,
        name_field="period",
        empty=_("Bills arrive with a file or from a connected system."),
        fields=(
            Field("period", _("Month"), Kind.DATE, filterable=True),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("amount_minor", _("Amount"), Kind.MONEY, currency_path="currency", name="amount"),
            Field("due_on", _("Due on"), Kind.DATE),
            Field("paid_on", _("Paid on"), Kind.DATE),
        ),
        list_columns=("period", "customer", "amount", "due_on", "paid_on"),
        card=("customer", "amount"),
        default_sort="period",
        sorts=(Sort("period", descending=True),),
        importer=importing.BILLS,
        sections=(Section(_("Bill"), ("period", "customer", "amount", "due_on", "paid_on")),),
    )
)

PACKAGE_USES = register(
    RecordType(
        model=PackageUse,
        code="package-uses",
        area=Area.ORDERS,
        title=_("Package use"),
        plural=_("Use of packages"),
        icon="gauge",
        order=52,
        name_field="package",
        empty=_("Figures arrive with a file or from a connected system."),
        fields=(
            Field("package", _("Package"), filterable=True),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("period", _("Month"), Kind.DATE, filterable=True),
            Field("allowance", _("Included"), Kind.NUMBER, filterable=True),
            Field("used", _("Used"), Kind.NUMBER, filterable=True),
            Field("unit", _("Unit")),
        ),
        list_columns=("package", "customer", "period", "used", "allowance", "unit"),
        card=("customer", "period", "used"),
        default_sort="period",
        sorts=(Sort("period", descending=True),),
        importer=importing.PACKAGE_USES,
        sections=(Section(_("Package use"), ("package", "customer", "period", "used", "allowance", "unit")),),
    )
)
