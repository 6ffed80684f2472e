"""How contracts are listed and shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Field, Kind, RecordType, Section, Sort, register
from zhike.win.models import Contract

CONTRACTS = register(
    RecordType(
        model=Contract,
        code="contracts",
        area=Area.DEALS,
        title=_("Contract"),
        plural=_("Contracts"),
        icon="file-certificate",
        section="win",
        order=60,
        name_field="number",
        empty=_("Example: HT-2026-0031, yearly maintenance, until 31 December."),
        fields=(
            Field("number", _("Contract number")),
            Field("title", _("Title")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("signed_on", _("Signed on"), Kind.DATE, filterable=True),
            Field("starts_on", _("From"), Kind.DATE),
            Field("ends_on", _("Until"), Kind.DATE, filterable=True),
            Field("value_minor", _("Value"), Kind.MONEY, currency_path="currency", name="value"),
        ),
        list_columns=("number", "title", "customer", "signed_on", "ends_on", "value"),
        card=("customer", "ends_on"),
        default_sort="ends_on",
        sorts=(Sort("ends_on", descending=True),),
        sections=(
            Section(_("Contract"), ("number", "title", "customer", "signed_on", "starts_on", "ends_on", "value")),
        ),
    )
)
