"""A person's duties as a calendar at a secret address, which only they know and may end at any time."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import translation

from zhike.foundation import audit, obligations
from zhike.foundation.access.deputies import StandsIn
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.foundation.records import every, registry
from zhike.interfaces.web import icalendar
from zhike.interfaces.web.models import CalendarFeed

MOST = 500
_LOGGED_EVERY = dt.timedelta(days=1)
_LASTS = dt.timedelta(minutes=30)  # how long the entry stands in a calendar before the due time


def running(person_id: int | None) -> CalendarFeed | None:
    """The address that is in use."""
    return CalendarFeed.objects.filter(person=person_id, ended_at=None).first() if person_id is not None else None


@transaction.atomic
def feed_make(*, viewer: Viewer) -> str:
    """A new secret for one's own calendar; the one before ends at once. Nobody can read it again. Raises: StandsIn."""
    if viewer.acts_for is not None or viewer.person_id is None:
        raise StandsIn()
    Person.objects.select_for_update(of=("self",)).get(pk=viewer.person_id)
    _end(viewer, viewer.person_id)
    secret = secrets.token_urlsafe(32)
    made = CalendarFeed.objects.create(person_id=viewer.person_id, digest=digest(secret))
    _feed_noted(viewer, made, "calendar.make")
    return secret


@transaction.atomic
def feed_end(*, viewer: Viewer) -> int:
    """End one's own address: whoever reads it finds nothing from now on. Raises: StandsIn."""
    if viewer.acts_for is not None or viewer.person_id is None:
        raise StandsIn()
    return _end(viewer, viewer.person_id)


def end_of_person(viewer: Viewer, person_id: int) -> int:
    """Somebody leaves: their address ends. The caller has the right to."""
    return _end(viewer, person_id)


def _end(viewer: Viewer, person_id: int) -> int:
    found = list(CalendarFeed.objects.select_for_update(of=("self",)).filter(person=person_id, ended_at=None))
    for one in found:
        one.ended_at = clock.now()
        one.save(update_fields=["ended_at"])
        _feed_noted(viewer, one, "calendar.end")
    return len(found)


def calendar_at(secret: str, *, address: str) -> str:
    """The calendar of who made this address, in their language. Raises: NotFound."""
    rows = CalendarFeed.objects.select_related("person", "person__department")
    found = rows.filter(digest=digest(secret), ended_at=None, person__is_active=True).first()
    if found is None or found.person.must_change_password:
        raise NotFound()
    viewer = viewer_of(found.person, address=address)
    _note_read(viewer, found)
    duties = list(obligations.duties_of(viewer)[:MOST])
    numbers = _numbers(duties)
    with translation.override(found.person.language):
        return icalendar.written(_entries(duties, numbers))


def _entries(duties: list[Duty], numbers: dict[int, str]) -> list[icalendar.Entry]:
    return [
        icalendar.Entry(
            uid=f"{duty.uid}@zhike", title=" ".join(filter(None, (str(duty.title), numbers.get(duty.pk, "")))),
            begins_at=duty.due_at - _LASTS, ends_at=duty.due_at, made_at=duty.created_at,
            is_late=duty.state == DutyState.BREACHED,
        )
        for duty in duties
    ]  # fmt: skip


def _numbers(duties: list[Duty]) -> dict[int, str]:
    """Numbers of the records that duties are about, by duty: no name, no value of anybody."""
    by_kind: dict[str, list[Duty]] = {}
    for duty in duties:
        by_kind.setdefault(duty.subject_kind, []).append(duty)
    found: dict[int, str] = {}
    customers = next((one.model for one in every() if one.code == "customers"), None)
    for kind, some in by_kind.items():
        record_type = registry.about(kind)
        model = record_type.model if record_type is not None else customers if kind == "customer" else None
        if model is None or not any(field.name == "number" for field in model._meta.fields):
            continue
        rows = dict(model._base_manager.filter(pk__in={d.subject_id for d in some}).values_list("pk", "number"))
        found |= {duty.pk: str(rows.get(duty.subject_id, "")) for duty in some}
    return found


def _note_read(viewer: Viewer, found: CalendarFeed) -> None:
    """That it was read is noted once a day: calendars ask every few minutes."""
    now = clock.now()
    before = now - _LOGGED_EVERY
    if found.read_at is not None and found.read_at > before:
        return
    with transaction.atomic():
        CalendarFeed.objects.filter(pk=found.pk).update(read_at=now)
        _feed_noted(viewer, found, "calendar.read")


def _feed_noted(viewer: Viewer, found: CalendarFeed, action: str) -> None:
    audit.record(viewer, action, kind="calendar_feed", object_id=found.pk, object_uid=found.uid,
                 after={"person_id": found.person_id})  # fmt: skip


def digest(secret: str) -> str:
    """What is kept of a secret: 256 bits cannot be guessed, so SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
