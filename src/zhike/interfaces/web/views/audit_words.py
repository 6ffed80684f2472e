"""What the log keeps as numbers and codes, said in words: reasons the system gave, and values of records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhike.foundation import records, reports
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import names
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.links import Link, links_of
from zhike.foundation.records.writing import exact, of

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+\d\d:\d\d$")
_CODED = frozenset({Kind.CHOICE, Kind.BADGE, Kind.TAGS, Kind.BOOL, Kind.PERSON, Kind.DEPARTMENT})

# Values that are no field of a record: of settings, reports, loads, people.
OTHER_FIELDS = {
    "key": _("Parameter"), "value": pgettext_lazy("policy", "Value"), "effective_from": _("In force from"),
    "code": pgettext_lazy("log", "What exactly"), "period": _("Period"), "rows": pgettext_lazy("log", "Rows"),
    "edition": _("Edition"), "origin": _("Origin"), "as_of": _("As of"), "posts": pgettext_lazy("log", "Posts"),
    "username": pgettext_lazy("log", "Sign-in name"), "owner_id": _("Owner"), "customer_id": _("Customer"),
    "department_id": _("Department"), "parent_id": pgettext_lazy("log", "Part of"),
    "person_id": pgettext_lazy("log", "Person"),
}  # fmt: skip
_PEOPLE, _DEPARTMENTS = frozenset({"owner_id", "person_id"}), frozenset({"department_id", "parent_id"})
_ORIGINS = {
    "sample": _("Sample company"),
    "import": pgettext_lazy("log", "Import"),
    "live": pgettext_lazy("log", "Work"),
}

# Why the system acted, as the code says it, in words for readers. Commands (zhike …) stand as they are typed.
REASONS = {
    "birthdays and holidays": _("Birthdays and holidays of customers."),
    "arrears and package use": _("Reminders of arrears and package use."),
    "the cycle of health patrols": _("The cycle of health patrols."),
    "import reverted": _("An import was taken back."),
    "lead": _("Came with a lead."),
    "somebody leaves": _("Somebody leaves the enterprise."),
    "who gave the lead": _("Asks who gave the lead."),
    "who came back": _("Asks who came back."),
    "waits for a decision since before there was a flow": _("Waited for a decision before there was a flow."),
    "the search index is of another version": _("The search index was of another version."),
    "the organisation is set up": _("The organisation is set up."),
    "the days of milestones": _("Dates of milestones come due."),
    "the days of contracts": _("Dates of contracts come due."),
    "the customer's profile changed": _("The customer's profile changed."),
    "the customer may leave": _("The customer may leave."),
    "the customer has another owner": _("The customer has another owner."),
    "the contact with a warned customer is overdue": _("The contact with a warned customer is overdue."),
    "sign-in attempt": _("Somebody tried to sign in."),
    "scheduled night": _("Nightly computation on schedule."),
    "rules are due": _("Automation rules come due."),
    "public form": _("Public form."),
    "portal": _("Customer portal."),
    "portal accounts follow their contacts": _("Portal accounts follow their contacts."),
    "new measures": _("The night found new measures."),
    "messages to other systems leave": _("Messages to other systems leave."),
    "messages leave": _("Messages leave."),
    "messages come in": _("Messages come in."),
    "looks for signers": _("Looks for who can sign."),
    "leads without an update": _("Leads went without an update."),
    "lead converted": _("A lead was converted."),
    "decided on the record": _("Decided on the record."),
    "a deputyship is over": _("A deputyship is over."),
    "a deputy stands in": _("A deputy stands in."),
    "a customer wrote by mail": _("A customer wrote by mail."),
    "a customer stands at the portal's door": _("A customer signs in to the portal."),
    "a contract was signed": _("A contract was signed."),
    "a contract is to be renewed": _("A contract is to be renewed."),
    "a contract ended": _("A contract ended."),
    "reports are drafted": _("Reports are drafted on schedule."),
}
_NIGHT = re.compile(r"night (\d{4}-\d\d-\d\d)$")
_HAND_OVER = re.compile(r"hand-over [0-9a-f-]{36}$")


def reason(text: str) -> str:
    """A reason as people read it: what somebody typed as it is, what the system gave in words."""
    night = _NIGHT.match(text)
    if night:
        return str(_("Nightly computation of %(day)s.")) % {"day": night[1]}
    if _HAND_OVER.match(text):
        return str(_("By the hand-over form."))
    return str(REASONS.get(text, text))


def field_of(record_type: RecordType | None, name: str) -> Field | None:
    """The field of the records that a value of the log belongs to; None where they have no such field."""
    return (record_type and (record_type.field(name) or record_type.field(name.removesuffix("_id")))) or None


def related(viewer: Viewer, values: Iterable[tuple[Field | None, Any]]) -> dict[tuple[str, int], Link]:
    """Names of the records that relations point to, as far as the viewer may see them: two queries a kind."""
    asked = {(field.relation, value) for field, value in values if _points(field, value) and field is not None}
    return links_of(viewer, asked, kind_of=records.find)


def value(field: Field | None, kept: Any, links: Mapping[tuple[str, int], Link], name: str = "") -> Any:
    """One value: a code by its words, a number of a record or person by the name, a moment by the clock."""
    if field is None and kept and isinstance(kept, int | str | list):
        kept = _of_no_field(name, kept)
    if _points(field, kept) and field is not None:
        link = links.get((field.relation, kept))
        return link.name if link else f"#{kept}"
    is_one = not isinstance(kept, list | dict) or (field is not None and field.kind is Kind.TAGS)
    if field is not None and field.kind in _CODED and kept is not None and is_one:
        return of(field).text(kept) or kept
    if isinstance(kept, list):
        return ", ".join(map(str, kept)) or "–"
    if isinstance(kept, str) and _MOMENT.match(kept):
        return exact(dt.datetime.fromisoformat(kept))
    return kept


def _of_no_field(name: str, kept: Any) -> Any:
    """Values of what is no record, by their name; unknown ones as they are kept."""
    if name in _PEOPLE | _DEPARTMENTS and isinstance(kept, int):
        found = (names.people if name in _PEOPLE else names.departments).get(kept)
        return found.name if found else f"#{kept}"
    if name == "posts" and isinstance(kept, list):
        known = posts()
        return [known[code].title.said_in(get_language() or "") if code in known else code for code in kept]
    if name == "code" and isinstance(kept, str) and (report := reports.find(kept)) is not None:
        return str(report.title)
    return str(_ORIGINS.get(str(kept), kept)) if name == "origin" else kept


def _points(field: Field | None, kept: Any) -> bool:
    return field is not None and field.kind is Kind.RELATION and isinstance(kept, int) and not isinstance(kept, bool)
