"""Who is meant by an action: the record's owner, their superior, a post, or somebody by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhike.automate.declare import Doing
from zhike.automate.services.refusals import NobodySees
from zhike.customers.public import managers_of
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import holders_of, viewer_of
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.obligations.owners import least_loaded, present_or_superior, superior_of
from zhike.foundation.records import Choice, Field, Kind

OWNER, MANAGER, SUPERIOR = "owner", "manager", "superior"


def circles() -> tuple[Choice, ...]:
    """Everybody who can be meant but people by name."""
    return (
        Choice(OWNER, _("the record's owner")),
        Choice(MANAGER, _("the customer's owner")),
        Choice(SUPERIOR, _("the superior of the record's owner")),
        *(Choice(f"post:{code}", post.title.said_in(get_language() or "en")) for code, post in posts().items()),
    )


WHO = (
    Field("to", _("Whom"), Kind.CHOICE, choices=circles, name="to"),
    Field("person", _("or this person"), Kind.PERSON, name="person"),
)


def meant(doing: Doing, answers: Mapping[str, Any]) -> list[Person]:
    """The active people who are meant and see the record. Raises: Invalid (nobody said), NobodySees."""
    if answers.get("person"):
        numbers: Iterable[int | None] = [answers["person"]]
    elif not answers.get("to"):
        raise Invalid(fields={"to": "required"})
    else:
        numbers = _numbers(doing, str(answers["to"]))
    wanted = {number for number in numbers if number is not None}
    people = Person.objects.select_related("department").filter(pk__in=wanted, is_active=True).order_by("pk")
    seeing = [person for person in people if _sees(doing, person)]
    if not seeing:
        raise NobodySees()
    return seeing


def one_of(doing: Doing, answers: Mapping[str, Any]) -> Person:
    """The one who is to do it: of several holders of a post who owes the fewest. Raises as :func:`meant`."""
    people = meant(doing, answers)
    number = least_loaded(people, "AUTO-07")
    return next(person for person in people if person.pk == number)


def _numbers(doing: Doing, circle: str) -> Iterable[int | None]:
    if circle.startswith("post:"):
        return [person.pk for person in holders_of(circle.removeprefix("post:"))]
    manager = managers_of([doing.customer_id]).get(doing.customer_id) if doing.customer_id is not None else None
    owner = getattr(doing.row, "owner_id", None) or manager
    match circle:
        case "manager":
            return [present_or_superior(manager)]
        case "superior":
            return [superior_of(owner)]
        case _:
            return [present_or_superior(owner)]


def _sees(doing: Doing, person: Person) -> bool:
    rows = doing.record_type.model._default_manager.filter(pk=doing.row.pk)
    viewer = viewer_of(person)
    return viewer.may(doing.record_type.area, Level.BASIC) and scope.visible(viewer, rows).exists()
