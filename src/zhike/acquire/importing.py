"""How leads come in from files: as history of customers who are there already."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN, LeadState, Source, Urgency
from zhike.acquire.services.load import LeadRow, has_open_lead, leads_remove, leads_take
from zhike.acquire.services.taking import lead_update
from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import facts_present
from zhike.foundation.kit import clock
from zhike.foundation.records.declare import Choice, Field, Kind
from zhike.foundation.records.importer import CREATED_AT, EXTERNAL_ID, OWNER, Importer, Key, Row, Written, by_column

HAS_ONE = gettext_noop("The customer has an open lead already. Close it first, or give the row another state.")
_COLUMNS = {
    "customer": "customer_id", "need": "need", "state": "state", "urgency": "urgency", "source": "source",
    "inquiries": "inquiries", "owner": "owner_id", "external_id": "external_id", "created_at": "created_at",
}  # fmt: skip


def _choices(enum: type[LeadState | Urgency | Source]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    taken = has_open_lead({row.values["customer"] for row in rows})
    asked: list[LeadRow | None] = []
    for row in rows:
        lead = _lead(row)
        is_open = lead.state in OPEN
        asked.append(None if is_open and lead.customer in taken else lead)
        if is_open:
            taken.add(lead.customer)
    fit = [lead for lead in asked if lead is not None]
    pks = iter(leads_take(viewer=viewer, rows=fit, origin=Origin.IMPORT.value) if fit else ())
    return [
        Written(problems={"customer": HAS_ONE})
        if lead is None
        else Written(next(pks), marks=(f"open:{lead.customer}",) if lead.state in OPEN else ())
        for lead in asked
    ]


def _lead(row: Row) -> LeadRow:
    held, now = row.values, clock.now()
    created = held.get("created_at") or now
    return LeadRow(
        held.get("external_id", ""), held["customer"], held.get("owner"), held.get("state") or LeadState.NEW.value,
        held["need"], held.get("urgency") or Urgency.LATER.value, held.get("source") or Source.OTHER.value,
        held.get("inquiries") or 1, created, created,
    )  # fmt: skip


LEADS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("need", _("Need"), max_length=200),
        Field("state", _("State"), Kind.CHOICE, choices=_choices(LeadState)),
        Field("urgency", _("Needed"), Kind.CHOICE, choices=_choices(Urgency)),
        Field("source", _("Heard of us by"), Kind.CHOICE, choices=_choices(Source)),
        Field("inquiries", _("Inquiries"), Kind.NUMBER, minimum=1, maximum=10_000),
        OWNER,
        EXTERNAL_ID,
        CREATED_AT,
    ),
    needs=("customer", "need"),
    keys=(Key("external_id", by_column(Lead, "external_id")),),
    load=_load,
    present=facts_present(Lead, _COLUMNS),
    remove=leads_remove,
    update=lead_update,
    changeable=("need", "urgency", "source"),
    past=("created_at",),
    synonyms={
        "need": ("需求", "需求描述", "意向产品", "interest"),
        "state": ("线索状态", "状态", "status"),
        "source": ("线索来源", "来源", "渠道"),
        "owner": ("跟进人", "销售", "销售专员"),
        "external_id": ("线索编号", "线索号", "lead id"),
        "created_at": ("咨询时间", "首次咨询时间", "留资时间"),
    },
    hint=_("Import the customers first: each lead names its customer."),
)
