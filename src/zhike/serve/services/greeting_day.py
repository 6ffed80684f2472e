"""The holidays on which customers are greeted: written, changed, switched off, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.correspond.public import template_in_use
from zhike.events.serve import GreetingDayChanged
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.rows import binned, from_bin, put_back
from zhike.serve.models import GreetingDay
from zhike.serve.models.greeting import Calendar
from zhike.serve.refusals import GreetingDayTaken
from zhike.serve.rules.greetings import is_in_calendar
from zhike.serve.seeds import DAYS
from zhike.serve.services.writing import held, made, saved

_LOCK_SPACE = 0x7A9D
_FIELDS = ("title", "title_en", "calendar", "month", "day", "is_on", "template")
_LONGEST = {"title": 40, "title_en": 60, "template": 40}


@transaction.atomic
def greeting_day_create(*, viewer: Viewer, **values: Any) -> GreetingDay:
    """Add a holiday. Raises: Forbidden, Invalid, GreetingDayTaken."""
    viewer.require(Area.LOYALTY, Level.EDIT)
    clean = _clean(values)
    row = GreetingDay(**clean)
    _fit(row)
    made(viewer, row, "greetingday.create", clean)
    outbox.publish(GreetingDayChanged(greeting_day_id=row.pk, is_on=row.is_on))
    return row


@transaction.atomic
def greeting_day_update(*, viewer: Viewer, uid: UUID, version: int | None = None, **changes: Any) -> GreetingDay:
    """Change or switch a holiday. Raises: NotFound, Forbidden, Stale, Invalid, GreetingDayTaken."""
    row = held(viewer, GreetingDay, Area.LOYALTY, uid, version)
    clean = _clean(changes)
    asked = GreetingDay(**{name: clean.get(name, getattr(row, name)) for name in _FIELDS}, pk=row.pk)
    _fit(asked)
    saved(viewer, row, "greetingday.update", clean, at=clock.now())
    outbox.publish(GreetingDayChanged(greeting_day_id=row.pk, is_on=row.is_on))
    return row


@transaction.atomic
def greeting_day_delete(*, viewer: Viewer, uid: UUID, version: int | None = None, reason: str = "") -> None:
    """Put a holiday into the recycle bin. Raises: NotFound, Forbidden, Stale."""
    row = held(viewer, GreetingDay, Area.LOYALTY, uid, version)
    binned(viewer, row, "greetingday.delete", reason=reason)
    outbox.publish(GreetingDayChanged(greeting_day_id=row.pk, is_on=False))


@transaction.atomic
def greeting_day_restore(*, viewer: Viewer, uid: UUID) -> GreetingDay:
    """Take a holiday out of the recycle bin. Raises: NotFound, Forbidden, GreetingDayTaken."""
    viewer.require(Area.LOYALTY, Level.EDIT)
    row = from_bin(viewer, GreetingDay, uid)
    _fit(row)
    put_back(viewer, row, "greetingday.restore")
    outbox.publish(GreetingDayChanged(greeting_day_id=row.pk, is_on=row.is_on))
    return row


def seed_days() -> None:
    """Write the usual holidays, where there is no holiday at all, not even in the recycle bin."""
    if not GreetingDay._base_manager.exists():
        GreetingDay.objects.bulk_create([GreetingDay(**day._asdict()) for day in DAYS], ignore_conflicts=True)


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    problems = {name: "too_long" for name, most in _LONGEST.items() if len(str(clean.get(name) or "")) > most}
    problems |= dict.fromkeys(sorted(set(clean) - set(_FIELDS)), "unknown_field")
    if problems:
        raise Invalid(fields=problems)
    if "is_on" in clean:
        clean["is_on"] = bool(clean["is_on"])
    if not clean.get("template", "x"):
        clean["template"] = "holiday"
    return clean


def _fit(row: GreetingDay) -> None:
    """Refuse what cannot be a holiday. Raises: Invalid, GreetingDayTaken."""
    problems = {name: "required" for name in ("title", "title_en") if not getattr(row, name)}
    if row.calendar not in Calendar.values:
        problems["calendar"] = "not_an_option"
    elif (
        not isinstance(row.month, int)
        or not isinstance(row.day, int)
        or not is_in_calendar(row.calendar, row.month, row.day)
    ):
        problems["day"] = "not_a_date"
    if template_in_use(row.template, "zh") is None:
        problems["template"] = "not_an_option"
    if problems:
        raise Invalid(fields=problems)
    serial.hold(_LOCK_SPACE, [f"{row.calendar}:{row.month}:{row.day}"])
    same = GreetingDay.objects.filter(calendar=row.calendar, month=row.month, day=row.day, deleted_at=None)
    if same.exclude(pk=row.pk).exists():
        raise GreetingDayTaken()
