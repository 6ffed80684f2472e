"""How tickets come in from files: closed ones as history, open ones with their clocks if somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.store import facts_present
from zhike.foundation.records.declare import Choice, Field, Kind
from zhike.foundation.records.importer import CREATED_AT, EXTERNAL_ID, Importer, Key, Row, Written, by_column
from zhike.serve.models import Ticket
from zhike.serve.models.ticket import Channel, TicketClass
from zhike.serve.services.load import tickets_remove, tickets_start, tickets_take

_COLUMNS = {
    "customer": "customer_id", "number": "number", "subject": "subject", "content": "content", "channel": "channel",
    "ticket_class": "ticket_class", "opened_at": "opened_at", "closed_at": "closed_at", "solution": "solution",
    "satisfaction": "satisfaction", "external_id": "external_id", "created_at": "created_at",
}  # fmt: skip


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
    wrong = [bool((end := row.values.get("closed_at")) and end < row.values["opened_at"]) for row in rows]
    fit = [{_COLUMNS[k]: v for k, v in row.values.items()} for row, no in zip(rows, wrong, strict=True) if not no]
    pks = iter(tickets_take(viewer=viewer, rows=fit, origin=Origin.IMPORT.value) if fit else ())
    return [Written(problems={"closed_at": "too_small"}) if no else Written(next(pks)) for no in wrong]


TICKETS = Importer(
    fields=(
        Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
        Field("number", _("Ticket number"), max_length=40),
        Field("subject", _("Subject"), max_length=200),
        Field("content", _("Content"), Kind.LONG_TEXT),
        Field("channel", _("Channel"), Kind.CHOICE, choices=_choices(Channel)),
        Field("ticket_class", _("Class"), Kind.CHOICE, choices=_choices(TicketClass)),
        Field("opened_at", _("Received"), Kind.DATETIME),
        Field("closed_at", _("Closed"), Kind.DATETIME),
        Field("solution", _("Solution"), Kind.LONG_TEXT),
        Field("satisfaction", _("Satisfaction"), Kind.NUMBER, digits=1, minimum=0, maximum=5),
        EXTERNAL_ID,
        CREATED_AT,
    ),
    needs=("customer", "number", "subject", "opened_at"),
    keys=(Key("number", by_column(Ticket, "number")), Key("external_id", by_column(Ticket, "external_id"))),
    load=_load,
    present=facts_present(Ticket, _COLUMNS),
    remove=tickets_remove,
    starts=tickets_start,
    past=("opened_at", "closed_at", "created_at"),
    synonyms={
        "number": ("工单号", "工单编号", "ticket no", "ticket id"),
        "subject": ("标题", "主题", "问题", "问题描述", "title"),
        "content": ("内容", "详细描述", "description"),
        "channel": ("来源渠道", "受理渠道"),
        "ticket_class": ("工单类型", "问题类型"),
        "opened_at": ("受理时间", "提交时间", "创建时间", "opened"),
        "closed_at": ("关闭时间", "完成时间", "closed"),
        "solution": ("解决方案", "处理结果"),
        "satisfaction": ("满意度", "评分"),
    },
    hint=_("Import the customers first: each ticket names its customer. A row without a time of closing is open."),
)
