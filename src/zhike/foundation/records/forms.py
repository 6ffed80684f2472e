"""Forms made from the declaration: create and edit, in the drawer and as full pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access import scope
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, money, typed
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records import conditions, introducing, names, values
from zhike.foundation.records.custom import known
from zhike.foundation.records.declare import CUSTOM, Field, Kind, RecordType
from zhike.foundation.records.registry import find
from zhike.foundation.records.tags import known as tags


class PickerWidget(forms.TextInput):
    """A search field over related records that fills a hidden identifier."""

    template_name = "records/picker.html"

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.record_field = field
        self.label_of = ""
        self.held = ""  # what narrows it on this record, where the form does not ask for that itself

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        field = self.record_field
        context["widget"] |= {
            "code": field.relation,
            "chosen": self.label_of,
            "within": "" if self.held else field.within,
            "narrow": self.held or field.narrow,
            "at_focus": bool(field.within or field.narrow),
        }
        return context


class _ServedForm(forms.Form):
    """A form whose answers go to a service: related records are resolved, refusals stand beside their fields."""

    viewer: Viewer
    record_type: RecordType
    record_fields: Sequence[Field]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if gone := _gone(self.record_type, self.fields, self.data):
            self.add_error(None, gone)
        for field in self.record_fields:
            if field.kind is Kind.RELATION and cleaned.get(field.key):
                try:
                    cleaned[field.key] = related_uid(self.viewer, field, cleaned[field.key])
                except (Refusal, ValueError):
                    self.add_error(field.key, _("Choose one from the list."))
        return cleaned

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put a service's refusal beside the fields it names; what fits none goes on top."""
        for name, words in problems.items():
            names_of = (name, name.removesuffix("_id"), name.removesuffix("_minor"))
            self.add_error(next((known for known in names_of if known in self.fields), None), words)


class RecordForm(_ServedForm):
    """Fields that the viewer may write, or ``only`` those. ``arguments()`` gives what a service takes."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)  # see records.conflict

    def __init__(
        self,
        viewer: Viewer,
        record_type: RecordType,
        *,
        creating: bool,
        data: Any = None,
        start: Mapping[str, Any] | None = None,
        shown: Mapping[str, str] | None = None,
        narrow: Mapping[str, str] | None = None,
        only: Sequence[Field] | None = None,
    ) -> None:
        super().__init__(data, initial={"version": (start or {}).get("version")}, label_suffix="")
        self.viewer, self.record_type, self.creating = viewer, record_type, creating
        self.record_fields = values.writable(viewer, record_type, creating=creating) if only is None else only
        for field in self.record_fields:
            kept = not creating and values.is_hidden(field) and field.key not in (start or {})
            made = _form_field(record_type, field, (start or {}).get(field.key), kept=kept)
            if kept and (masked := (shown or {}).get(field.key)):
                made.widget.attrs["placeholder"] = masked
                made.help_text = gettext("Leave it empty to keep the present value.")
            if isinstance(made.widget, PickerWidget):
                made.widget.held = (narrow or {}).get(field.key, "")
            self.fields[field.key] = made
            begins = _initial(field, (start or {}).get(field.key))
            if creating and begins is None:
                begins = _default(record_type, field)
            self.initial[field.key] = _drawn(made, begins)

    def arguments(self, only: Sequence[str] | None = None) -> dict[str, Any]:
        """Keyword arguments for the service: what was filled in on create, what was changed on edit."""
        changed = set(self.changed_data if only is None else only)
        found = {f.key: stored(f, self.cleaned_data.get(f.key)) for f in self.record_fields}
        if self.creating:
            return {key: value for key, value in found.items() if value not in (None, "", [])}
        return {key: value for key, value in found.items() if key in changed}

    @cached_property
    def groups(self) -> list[tuple[str, list[tuple[BoundField, bool]]]]:
        """Fields by section: (title, [(field, takes the whole width)])."""
        wide = {f.key for f in self.record_fields if f.kind in (Kind.LONG_TEXT, Kind.TAGS)}
        left = [f.key for f in self.record_fields]
        found = []
        for section in self.record_type.sections:
            keys = [key for key in section.fields if key in left]
            left = [key for key in left if key not in keys]
            if keys:
                found.append((str(section.title), [(self[key], key in wide) for key in keys]))
        added = [key for key in left if key.startswith(CUSTOM)]
        left = [key for key in left if key not in added]
        if left:
            found.append(("" if not found else gettext("More"), [(self[key], key in wide) for key in left]))
        if added:
            found.append((gettext("Custom fields"), [(self[key], key in wide) for key in added]))
        return found


class ActionForm(_ServedForm):
    """What an act on one record or a bulk action asks before it runs. ``start`` fills it, by public field name."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        viewer: Viewer,
        record_type: RecordType,
        fields: Sequence[Field],
        data: Any = None,
        *,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        start = start or {}
        super().__init__(data, initial={"version": start.get("version")}, label_suffix="")
        self.viewer, self.record_type, self.record_fields = viewer, record_type, tuple(fields)
        for field in fields:
            made = _form_field(record_type, field, start.get(field.key), kept=False)
            self.fields[field.key] = made
            self.initial[field.key] = _drawn(made, _initial(field, start.get(field.key)))

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return {f.key: stored(f, self.cleaned_data.get(f.key)) for f in self.record_fields}

    @cached_property
    def questions(self) -> list[tuple[BoundField, bool]]:
        """The fields in order, each with whether it takes the whole width."""
        return [(self[f.key], f.kind in (Kind.LONG_TEXT, Kind.TAGS)) for f in self.record_fields]


def _gone(record_type: RecordType, asked: Collection[str], sent: Mapping[str, Any]) -> str:
    """What is said of fields that were retired while the form was open, if something was typed there."""
    gone = [key for key in sent if key.startswith(CUSTOM) and key not in asked and sent.get(key)]
    labels = [str(label) for key in gone if (label := known.retired_label(record_type.code, key))]
    if not labels:
        return ""
    return gettext("Meanwhile the field %(fields)s was taken out of use. Save again to go on without it.") % {
        "fields": gettext(", ").join(f"“{label}”" for label in labels)
    }


def related_uid(viewer: Viewer, field: Field, uid: str) -> UUID:
    """The uid of the related record, if the viewer sees it. Raises ValueError or NotFound."""
    related = find(field.relation)
    if related is None:
        raise ValueError(field.relation)
    found: UUID = scope.one(viewer, related.model._default_manager.all(), uid=UUID(str(uid))).uid
    return found


def stored(field: Field, value: Any) -> Any:
    """A cleaned form value as services and rows hold it."""
    match field.kind:
        case Kind.MONEY:
            return None if value is None else money.to_minor(value, field.currency)
        case Kind.PERCENT:
            return None if value is None else float(value) / 100
        case Kind.PERSON:
            return names.people.number(UUID(value)) if value else None
        case Kind.DEPARTMENT:
            return names.departments.number(UUID(value)) if value else None
        case Kind.NUMBER if field.digits:
            return None if value is None else float(value)
        case Kind.BOOL if value in ("", "1", "0"):
            return {"": None, "1": True, "0": False}[value]
        case _:
            return value


def _initial(field: Field, value: Any) -> Any:
    if value is None:
        return None
    match field.kind:
        case Kind.MONEY:
            return money.to_major(value, field.currency)
        case Kind.PERCENT:
            return round(Decimal(str(value)) * 100, field.digits)
        case Kind.PERSON:
            return str(found.uid) if (found := names.people.get(value)) else None
        case Kind.DEPARTMENT:
            return str(found.uid) if (found := names.departments.get(value)) else None
        case Kind.RELATION:
            return str(value[0]) if value[0] else None
        case Kind.DATETIME:
            return clock.local(value).replace(tzinfo=None)
        case Kind.BOOL:
            return "1" if value else "0"
        case Kind.TAGS:
            return tags.read(value)
        case _:
            return value


def _drawn(made: forms.Field, begins: Any) -> Any:
    """A box knows ticked and not: to it, each text is a tick, also "0"."""
    return begins == "1" if isinstance(made, forms.BooleanField) else begins


def _default(record_type: RecordType, field: Field) -> Any:
    """What a new record has unless somebody says otherwise."""
    if field.kind not in (Kind.CHOICE, Kind.BADGE, Kind.BOOL, Kind.DATETIME):
        return None
    column = conditions.column_of(record_type, field)
    return _initial(field, column.get_default()) if column is not None and column.has_default() else None


def _form_field(record_type: RecordType, field: Field, value: Any, *, kept: bool) -> forms.Field:
    """The form field of a kind; a kept one may stay empty."""
    common = {"label": field.label, "required": field.required and not kept, "help_text": field.help}
    if field.kind in _PICKED:
        return _PICKED[field.kind](record_type, field, value, common)
    return _typed_field(field, value, common)


def _typed_field(field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    """Fields into which something is typed."""
    match field.kind:
        case Kind.LONG_TEXT:
            area = forms.Textarea(attrs={"rows": 3})
            return forms.CharField(widget=area, max_length=field.max_length or 10_000, **common)
        case Kind.NUMBER if not field.digits:
            least, most = _whole(field.minimum, -typed.LARGEST), _whole(field.maximum, typed.LARGEST)
            return forms.IntegerField(min_value=least, max_value=most, **common)
        case Kind.NUMBER | Kind.PERCENT:
            bounds = {"min_value": _exact(field.minimum), "max_value": _exact(field.maximum)}
            return forms.DecimalField(max_digits=20, **bounds, **common)
        case Kind.MONEY:
            common = common | {"label": f"{field.label} ({money.unit(field.currency, get_language() or '')})"}
            places = money.exponent(field.currency)
            return forms.DecimalField(max_digits=16, decimal_places=places, min_value=_exact(field.minimum), **common)
        case Kind.DATE:
            return _DayField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        case Kind.DATETIME:
            return _MomentField(**common)
        case Kind.RELATION:
            widget = PickerWidget(field)
            widget.label_of = value[1] if value else ""
            return forms.CharField(max_length=36, widget=widget, **common)
        case _:
            return forms.CharField(max_length=field.max_length or 200, **common)


def _choice_field(record_type: RecordType, field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    choices = [(c.code, c.label) for c in field.offered(value)]
    may_be_blank = conditions.may_be_empty(record_type, field) or _default(record_type, field) is None
    return forms.ChoiceField(choices=_blank(choices) if may_be_blank else choices, **common)


class TagsField(forms.MultipleChoiceField):
    """Tags to tick. ``,`` joins codes where they stand as one text."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        given = value.split(",") if isinstance(value, str) else value or ()
        return [str(one) for one in given if one]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(self.to_python(initial)) != set(self.to_python(data))


def _tags_field(record_type: RecordType, field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    """A retired tag only where it stands."""
    held = tags.read(value)
    return TagsField(choices=[(c.code, c.label) for c in field.options if not c.is_past or c.code in held], **common)


def _bool_field(record_type: RecordType, field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    """A box to tick; three answers where nobody may have asked yet."""
    if conditions.may_be_empty(record_type, field):
        return forms.ChoiceField(choices=_blank([("1", _("Yes")), ("0", _("No"))]), **common)
    return forms.BooleanField(**{**common, "required": False})


def _person_field(record_type: RecordType, field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    able = None if field.people is None else field.people()
    return forms.ChoiceField(choices=_blank(_people(value, able)), **common)


def _department_field(record_type: RecordType, field: Field, value: Any, common: dict[str, Any]) -> forms.Field:
    choices = [(str(n.uid), n.name) for n in names.departments.read().values()]
    return forms.ChoiceField(choices=_blank(choices), **common)


_PICKED = {
    Kind.CHOICE: _choice_field,
    Kind.BADGE: _choice_field,
    Kind.TAGS: _tags_field,
    Kind.BOOL: _bool_field,
    Kind.PERSON: _person_field,
    Kind.DEPARTMENT: _department_field,
}


class _DayField(forms.DateField):
    """A day of the years that every database and time zone knows."""

    def to_python(self, value: Any) -> Any:
        return _in_bounds(super().to_python(value))


def _in_bounds(found: Any) -> Any:
    if found is not None:
        try:
            typed.within(found.date() if isinstance(found, dt.datetime) else found)
        except ValueError:
            raise forms.ValidationError(_("Enter a date such as 2026-11-30.")) from None
    return found


class _MomentField(forms.DateTimeField):
    """A moment in the enterprise's time zone."""

    def to_python(self, value: Any) -> Any:
        return _in_bounds(super().to_python(value))

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)


def _whole(bound: float | None, most: int) -> int:
    return most if bound is None else int(bound)


def _exact(bound: float | None) -> Decimal | None:
    return None if bound is None else Decimal(str(bound))


def _blank(choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", "—"), *choices]


def _people(present: int | None, able: Collection[int] | None) -> list[tuple[str, str]]:
    """Active people by name, of those who are ``able`` where somebody said so, and always the present one."""
    rows = Person.objects.filter(is_active=True).order_by("name").values_list("pk", "uid", "name", "department_id")
    held = introducing.posts_held() if able is not None else {}
    choices = [
        (str(uid), introducing.introduced(name, held.get(pk, ()), department) if able is not None else name)
        for pk, uid, name, department in rows
        if able is None or pk in able
    ]
    now = names.people.get(present)
    if now and str(now.uid) not in {uid for uid, _name in choices}:
        choices.append((str(now.uid), now.name))
    return choices
