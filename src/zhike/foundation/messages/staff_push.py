"""Notices in WeCom, DingTalk or Feishu, for members of staff who want them: what they have not seen yet.

At least once: where the service took a message and the answer was lost, it comes a second time, unless the service
knows the message again by its key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Protocol

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext, override

from zhike.foundation import policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.messages.models import StaffPush
from zhike.foundation.messages.policy import StaffPushPolicy
from zhike.foundation.messages.untold import Line, lines_of
from zhike.foundation.outbox.policy import retry_delay_seconds


class Way(Protocol):
    """A service that can tell single people something."""

    code: str

    def reaches(self, person_id: int) -> bool:
        """Whether it knows who that is there."""

    def push(self, person_id: int, text: str, key: str) -> tuple[str, str]:
        """Tell them; the fault and what follows from it: ``again``, ``pause`` or ``final``. No fault: it was taken."""


_WAYS: list[Callable[[], Iterable[Way]]] = []


def push_ways(found: Callable[[], Iterable[Way]]) -> Callable[[], Iterable[Way]]:
    """Let the decorated function say which services there are now."""
    _WAYS.append(found)
    return found


def ways() -> dict[str, Way]:
    """The services by code."""
    return {way.code: way for found in _WAYS for way in found()}


def staff_push_set(viewer: Viewer, service: str) -> None:
    """Let one's own notices come by ``service``, or by none. What was told before does not come. Raises: Invalid."""
    way = ways().get(service)
    if service and (way is None or viewer.person_id is None or not way.reaches(viewer.person_id)):
        raise Invalid(fields={"service": "not_an_option"})
    now = clock.now()
    fresh = {"service": service, "told_until": now, "next_at": now, "tries": 0, "error": ""}
    StaffPush.objects.update_or_create(person_id=viewer.person_id, defaults=fresh)


def staff_push_of(viewer: Viewer) -> tuple[str, str]:
    """What the viewer has chosen, and the last fault."""
    chosen = StaffPush.objects.filter(person=viewer.person_id).values_list("service", "error").first()
    return chosen or ("", "")


def staff_push_send() -> int:
    """Tell those who want it what is due; says how many were told."""
    known, now = ways(), clock.now()
    due = StaffPush.objects.exclude(service="").filter(next_at__lte=now, person__is_active=True)
    rows = due.select_related("person", "person__department").order_by("next_at", "pk")
    return sum(_one(row, known.get(row.service)) for row in rows)


def _one(row: StaffPush, way: Way | None) -> bool:
    numbers, now = policies.current().get(StaffPushPolicy), clock.now()
    with override(row.person.language):
        lines = lines_of(row.person, row.told_until, now)
        text = _text(lines, numbers.lines_most)
    if not lines:
        return False
    # A conditional UPDATE, as for the outbox: of two workers one tells, and one that dies lets another try again.
    mine = StaffPush.objects.filter(pk=row.pk, next_at=row.next_at, told_until=row.told_until)
    lease = now + dt.timedelta(minutes=numbers.lease_minutes)
    if not mine.update(next_at=lease):
        return False
    # Tried again with the same lines it is the same message; with a later one it is another.
    key = f"zhike-{row.pk}-{round(lines[-1].at.timestamp() * 1_000_000)}"
    fault, then = way.push(row.person_id, text, key) if way is not None else ("not_offered", "again")
    held = StaffPush.objects.filter(pk=row.pk, next_at=lease)
    if not fault:
        held.update(told_until=now, next_at=now, tries=0, error="")
        return True
    tries = row.tries + 1
    wait = retry_delay_seconds(tries, numbers) if then != "final" else None
    if wait is None:  # what was not told stands in the application all the same
        held.update(told_until=now, next_at=now, tries=0, error=fault[:60])
        return False
    wait = numbers.pause_seconds if then == "pause" else wait
    held.update(next_at=clock.now() + dt.timedelta(seconds=wait), tries=tries, error=fault[:60])
    return False


def _text(lines: list[Line], most: int) -> str:
    """Titles with their deadlines, and one link to all of it; a single notice has its own."""
    said = []
    for line in lines[:most]:
        due = formats.date_format(clock.local(line.due_at), "Y-m-d H:i") if line.due_at is not None else ""
        said.append(gettext("%(title)s (due %(at)s)") % {"title": line.title, "at": due} if due else line.title)
    if len(lines) > most:
        said.append(gettext("%(count)s more") % {"count": len(lines) - most})
    link = lines[0].link if len(lines) == 1 and lines[0].link else "/notices/"
    return "\n".join([*said, f"{settings.PUBLIC_URL}{link}"])
