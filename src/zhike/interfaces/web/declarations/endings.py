"""Sessions end with the account; a deputyship does too (``access/staff.py``), and is named here for the page."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access import deputies
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.staff import Ending, ends_with_account
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.interfaces.web import feeds
from zhike.interfaces.web.company import binding


def _sessions(person_id: int) -> int:
    return UserSession.objects.filter(user=person_id).count()


def _end_sessions(_viewer: Viewer, person_id: int) -> int:
    rows = UserSession.objects.filter(user=person_id)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def _deputyships(person_id: int) -> int:
    rows = Deputyship.objects.filter(Q(person=person_id) | Q(deputy=person_id), ended_at=None)
    return rows.filter(until__gte=clock.today()).count()


def _end_deputyships(viewer: Viewer, person_id: int) -> int:
    return deputies.end_of_person(viewer, Person.objects.get(pk=person_id))


def _calendars(person_id: int) -> int:
    return int(feeds.running(person_id) is not None)


def _identities(person_id: int) -> int:
    return len(binding.identities(person_id))


ends_with_account(Ending("identities", _("accounts connected for sign-in"), _identities, binding.end_of_person))
ends_with_account(Ending("sessions", _("signed-in sessions"), _sessions, _end_sessions))
ends_with_account(Ending("calendars", _("calendar addresses"), _calendars, feeds.end_of_person))
ends_with_account(Ending("deputyships", _("deputyships"), _deputyships, _end_deputyships))
