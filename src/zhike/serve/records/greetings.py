"""Greetings and the holidays on which they are given."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.serve.models import Greeting, GreetingDay
from zhike.serve.models.greeting import Calendar, GreetingState, Occasion
from zhike.serve.services import greeting, greeting_day

_LOOKS = {
    "planned": ("info", "clock"), "taken_out": ("neutral", "x"), "sent": ("good", "mail-check"),
    "refused": ("warn", "mail-off"), "call": ("warn", "phone"), "greeted": ("good", "circle-check"),
    "dropped": ("neutral", "circle-x"),
}  # fmt: skip
STATES = tuple(Choice(value, label, *_LOOKS[value]) for value, label in GreetingState.choices)
OCCASIONS = tuple(Choice(value, label) for value, label in Occasion.choices)


def _is(*states: str) -> Any:
    return lambda _viewer, row: row.state in states


_REASON = Field("reason", _("Reason"), required=True, max_length=200, name="reason")

GREETINGS = register(
    RecordType(
        model=Greeting, code="greetings", area=Area.LOYALTY, title=_("Greeting"), plural=_("Greetings"),
        icon="heart", section="serve", order=60, name_field="customer", duty_subject="greeting",
        empty=_("Example: Wang Lei's birthday on 12 May; the system writes at nine in the morning."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, holds=False),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", holds=False),
            Field("on", pgettext_lazy("greeting", "Day"), Kind.DATE, filterable=True),
            Field("occasion", _("Occasion"), Kind.CHOICE, choices=OCCASIONS, filterable=True),
            Field("holiday", _("Holiday"), Kind.RELATION, relation="greeting-days", relation_label="title",
                  filterable=True, holds=False),
            Field("state", _("State"), Kind.BADGE, choices=STATES, filterable=True),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("note", _("Note")),
            Field("due_at", _("Due"), Kind.DATETIME),
            Field("decided_at", _("Decided"), Kind.DATETIME),
        ),
        list_columns=("customer", "contact", "on", "occasion", "holiday", "state", "owner"),
        card=("on", "occasion", "state"),
        default_sort="on", sorts=(Sort("on", descending=True),),
        sections=(
            Section(_("Greeting"), ("customer", "contact", "on", "occasion", "holiday", "owner")),
            Section(_("What became of it"), ("state", "note", "due_at", "decided_at")),
        ),
        views=(
            View("all", _("All")),
            View("planned", pgettext_lazy("greetings", "Planned"), {"state": "planned"}),
            View("calls", _("My calls"), {"state": "call", "owner": "me"}),
            View("refused", pgettext_lazy("greetings", "Not sent"), {"state": "refused"}),
            View("sent", pgettext_lazy("greetings", "Written"), {"state": "sent"}),
        ),
        acts=(
            Act("take_out", _("Take out"), "x", greeting.greeting_take_out, fields=(_REASON,), when=_is("planned"),
                asks=_("It does not leave. You can put it back until its day is over."), done=_("Taken out.")),
            Act("put_back", _("Put back"), "refresh", greeting.greeting_put_back, when=_is("taken_out"),
                done=_("Planned again.")),
            Act("give", pgettext_lazy("greeting", "Greeted"), "check", greeting.greeting_give, is_main=True,
                level=Level.BASIC, when=_is("call"), fields=(Field("note", _("Note"), max_length=200, name="note"),),
                done=_("Noted. The clock has stopped.")),
            Act("drop", _("Not needed"), "circle-x", greeting.greeting_drop, level=Level.BASIC, when=_is("call"),
                fields=(_REASON,), done=_("Dropped. The clock has stopped.")),
        ),
    )
)  # fmt: skip

GREETING_DAYS = register(
    RecordType(
        model=GreetingDay, code="greeting-days", area=Area.LOYALTY, title=_("Greeting holiday"),
        plural=_("Greeting holidays"), icon="calendar-event", section="serve", order=61, name_field="title",
        empty=_("Example: Mid-Autumn Festival, the 15th of the 8th month by the lunar calendar."),
        fields=(
            Field("title", _("Name in Chinese"), editable=True, required=True, max_length=40),
            Field("title_en", _("Name in English"), editable=True, required=True, max_length=60),
            Field("calendar", pgettext_lazy("holiday", "Calendar"), Kind.CHOICE, filterable=True, editable=True,
                  required=True, choices=tuple(Choice(value, label) for value, label in Calendar.choices)),
            Field("month", pgettext_lazy("holiday", "Month"), Kind.NUMBER, editable=True, required=True, minimum=1,
                  maximum=12),
            Field("day", pgettext_lazy("holiday", "Day of the month"), Kind.NUMBER, editable=True, required=True,
                  minimum=1, maximum=31, help=_("Lunar: 30 is the last day of the month, also of a short one.")),
            Field("is_on", _("Customers are greeted"), Kind.BOOL, filterable=True, editable=True),
            Field("template", _("Code of the template"), editable=True, max_length=40,
                  help=_("Usually holiday; publish one of its own for another text.")),
        ),
        list_columns=("title", "title_en", "calendar", "month", "day", "is_on", "template"),
        card=("calendar", "month", "day"),
        default_sort="month", sorts=(Sort("month"),),
        sections=(
            Section(_("Holiday"), ("title", "title_en", "calendar", "month", "day", "is_on", "template")),
        ),
        views=(View("all", _("All")), View("on", _("Greeted on"), {"is_on": "1"})),
        create=greeting_day.greeting_day_create, update=greeting_day.greeting_day_update,
        delete=greeting_day.greeting_day_delete, restore=greeting_day.greeting_day_restore,
    )
)  # fmt: skip
