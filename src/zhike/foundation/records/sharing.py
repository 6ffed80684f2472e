"""One record is opened for a time: to a person, a post or a department, by itself or in full, to read or to edit.

A share never opens more than the posts of the reader include, no sensitive value, and ends by itself after its day.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import lazystr
from django.utils.translation import get_language, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhike.foundation import audit, messages, outbox, policies
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level, posts
from zhike.foundation.access.models import Department, Person, PostHolding, Share, held_on
from zhike.foundation.access.people import rights_changed
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.records.declare import Act, Choice, Field, Kind, RecordType
from zhike.foundation.records.events import RecordShared, ShareEnded
from zhike.foundation.records.policy import SharingPolicy
from zhike.foundation.records.registry import every
from zhike.foundation.records.rows import locked

LEVELS = (
    Choice("basic", pgettext_lazy("share", "basic: the record by itself")),
    Choice("full", pgettext_lazy("share", "full: with everything that belongs to it")),
)
ONE_RECEIVER = gettext_noop("Choose one: a person, a post or a department.")
TOO_LONG = gettext_noop("This is longer than records may be shared. Choose an earlier day.")
NOT_THE_TOP = gettext_noop("This would be everybody. Choose a department below the top.")


class NotYoursToShare(Forbidden):
    """Who sees a record by a share alone passes it on to nobody."""

    code = "not_yours_to_share"
    sentence = gettext_noop("This is shared with you. Ask who shared it to open it to others too.")


def _posts() -> tuple[Choice, ...]:
    return tuple(
        Choice(code, lazystr(functools.partial(post.title.said_in, get_language() or "en")))
        for code, post in posts().items()
    )


def act(model: type[models.Model]) -> Act:
    """The act by which records of ``model`` are shared."""
    return Act(
        "share", _("Share for a time"), "user-share", functools.partial(share, model=model),
        lambda _viewer, _row: (
            Field("person", _("With a person"), Kind.PERSON),
            Field("post", _("or with a post"), Kind.CHOICE, choices=_posts()),
            Field("department", _("or with a department and those below"), Kind.DEPARTMENT),
            Field("until", _("Until (this day included)"), Kind.DATE, required=True),
            Field("level", _("How much"), Kind.CHOICE, choices=LEVELS, required=True),
            Field("may_edit", _("May edit it too"), Kind.BOOL),
            Field("reason", _("Why"), Kind.TEXT, max_length=200, required=True),
        ),
        lambda _viewer, _row: True,
        asks=_("Readers see no more than their own posts include, and no sensitive values."),
        done=_("Shared. It ends by itself after the day."),
        start=lambda _row: {"level": "basic"},
    )  # fmt: skip


@transaction.atomic
def share(
    *, viewer: Viewer, model: type[Any], uid: UUID, version: int | None, until: dt.date, level: str = "basic",
    person: int | None = None, post: str = "", department: int | None = None, may_edit: bool | None = False,
    reason: str = "",
) -> Any:  # fmt: skip
    """Open the record to one person, post or department until a day; a share with the same receiver is replaced.

    Who may edit the record may, unless they see it by a share themselves.
    Raises: NotFound, Forbidden, Stale, NotYoursToShare, Invalid.
    """
    record_type = type_of(model)
    viewer.require(record_type.area, Level.EDIT)
    row = locked(viewer, model, uid, version)
    if scope.by_share(viewer, model, row.pk) is not None:
        raise NotYoursToShare()
    receiver = _receiver(viewer, person, post or "", department)
    _check(until, level, reason)
    running = _running().filter(kind=scope.kind_of(model), object_id=row.pk, **receiver)
    for old in running.select_for_update(of=("self",)):
        _end(viewer, old)
    made = Share.objects.create(
        kind=scope.kind_of(model), object_id=row.pk, object_uid=row.uid, customer_id=_customer_of(row),
        is_full=level == "full", may_edit=bool(may_edit), until=until, reason=reason.strip()[:200],
        shared_by_id=viewer.person_id, **receiver,
    )  # fmt: skip
    people = readers_of(made)
    rights_changed(people)
    _share_noted(viewer, made, record_type, "record.share", reason)
    outbox.publish(RecordShared(**_facts(made, viewer)))
    if made.person_id is not None:
        words = {"by": viewer.name, "kind": record_type.code, "until": until.isoformat()}
        messages.tell(
            [made.person_id], "record.shared", words, link=record_type.link(row.uid), about=f"share:{made.pk}"
        )
    return row


@transaction.atomic
def share_end(*, viewer: Viewer, uid: UUID, reason: str = "") -> Share:
    """End a share at once: who made it, and who may edit the record. Raises: NotFound."""
    found = _running().select_for_update(of=("self",)).filter(uid=uid).first()
    if found is None or not may_end(viewer, found):
        raise NotFound(uid=str(uid))
    _end(viewer, found, reason)
    return found


def may_end(viewer: Viewer, found: Share) -> bool:
    """Whether the viewer may end a share."""
    if viewer.person_id is not None and found.shared_by_id == viewer.person_id:
        return True
    record_type = type_by(found.kind)
    if record_type is None or not viewer.may(record_type.area, Level.EDIT):
        return False
    seen = scope.visible(viewer, record_type.model._default_manager.filter(pk=found.object_id)).exists()
    return seen and scope.by_share(viewer, record_type.model, found.object_id) is None


def shares_of(viewer: Viewer, record_type: RecordType, pk: int) -> QuerySet[Share]:
    """To whom a record is open, the newest first. The caller has made sure that the viewer sees it."""
    del viewer  # As above.
    rows = _running().filter(kind=scope.kind_of(record_type.model), object_id=pk)
    return rows.select_related("person", "department", "shared_by").order_by("-id")


def shared_by(viewer: Viewer) -> QuerySet[Share]:
    """What the viewer has opened to others and is open still, the newest first."""
    rows = _running().filter(shared_by=viewer.person_id) if viewer.person_id else Share.objects.none()
    return rows.select_related("person", "department", "shared_by").order_by("-id")


def shared_with(viewer: Viewer) -> QuerySet[Share]:
    """What is open to the viewer, by name, post or department, the newest first."""
    place = Department.objects.filter(pk=viewer.department_id).values_list(
        "pk", "ancestor_1_id", "ancestor_2_id", "ancestor_3_id"
    )
    above = {number for row in place for number in row if number is not None}
    to = Q(person=viewer.person_id) | Q(post__in=viewer.posts) | Q(department__in=above)
    rows = _running().filter(to) if viewer.person_id and viewer.acts_for is None else Share.objects.none()
    return rows.select_related("person", "department", "shared_by").order_by("-id")


def readers_of(found: Share) -> list[int]:
    """Numbers of the active people to whom a share is made out today."""
    if found.person_id is not None:
        return [found.person_id]
    people = Person.objects.filter(is_active=True)
    if found.post:
        held = PostHolding.objects.filter(held_on(clock.today()), post=found.post).values("person")
        return list(people.filter(pk__in=held).values_list("pk", flat=True))
    below = Q(department=found.department_id)
    for depth in (1, 2, 3):
        below |= Q(**{f"department__ancestor_{depth}": found.department_id})
    return list(people.filter(below).values_list("pk", flat=True))


def receiver_words(found: Share, language: str) -> str:
    """The person, post or department in the reader's language."""
    if found.person is not None:
        return found.person.name
    if found.post:
        return posts()[found.post].title.said_in(language) if found.post in posts() else found.post
    return found.department.name if found.department is not None else ""


def type_of(model: type[Any]) -> RecordType:
    """The record type of a table whose records are shared. Raises LookupError."""
    found = next((one for one in every() if one.model is model), None)
    if found is None:
        raise LookupError(model._meta.label)
    return found


def shareable() -> list[RecordType]:
    """The kinds of records that can be shared."""
    return [one for one in every() if one.act("share") is not None]


def _type_by_kind() -> Mapping[str, RecordType]:
    return {scope.kind_of(one.model): one for one in shareable()}


def type_by(kind: str) -> RecordType | None:
    """The record type of what is shared under this label; None where the room is gone."""
    return _type_by_kind().get(kind)


def _running() -> QuerySet[Share]:
    return Share.objects.filter(ended_at=None, until__gte=clock.today())


def _receiver(viewer: Viewer, person: int | None, post: str, department: int | None) -> dict[str, Any]:
    given = [name for name, value in (("person", person), ("post", post), ("department", department)) if value]
    if len(given) != 1:
        raise Invalid(fields={"person": ONE_RECEIVER})
    problems: dict[str, str] = {}
    if person and not Person.objects.filter(pk=person, is_active=True).exists():
        problems["person"] = "no_such_person"
    elif person and person == viewer.person_id:
        problems["person"] = "not_oneself"
    if post and post not in posts():
        problems["post"] = "not_an_option"
    if department and not Department.objects.filter(pk=department, depth__gt=0).exists():
        problems["department"] = NOT_THE_TOP
    if problems:
        raise Invalid(fields=problems)
    return {"person_id": person or None, "post": post, "department_id": department or None}


def _check(until: dt.date, level: str, reason: str) -> None:
    longest = policies.current().get(SharingPolicy).longest_days
    problems: dict[str, str] = {}
    if until < clock.today():
        problems["until"] = "in_the_past"
    elif until > clock.today() + dt.timedelta(days=longest):
        problems["until"] = TOO_LONG
    if level not in ("basic", "full"):
        problems["level"] = "not_an_option"
    if not reason.strip():
        problems["reason"] = "required"
    if problems:
        raise Invalid(fields=problems)


def _end(viewer: Viewer, found: Share, reason: str = "") -> None:
    people: Iterable[int] = readers_of(found)
    found.ended_at, found.ended_by_id, found.version = clock.now(), viewer.person_id, found.version + 1
    found.save(update_fields=["ended_at", "ended_by", "version"])
    rights_changed(people)
    record_type = type_by(found.kind)
    if record_type is not None:
        _share_noted(viewer, found, record_type, "record.share_end", reason)
    outbox.publish(ShareEnded(**_facts(found, viewer)))


def _facts(found: Share, viewer: Viewer) -> dict[str, Any]:
    return {
        "share_id": found.pk, "kind": found.kind, "customer_id": found.customer_id, "person_id": viewer.person_id,
    }  # fmt: skip


def _customer_of(row: Any) -> int | None:
    """The customer that a record is, or belongs to."""
    is_customer = scope.paths_of(type(row)) == ("",) and not hasattr(row, "customer_id")
    found = row.pk if is_customer else getattr(row, "customer_id", None)
    return int(found) if found is not None else None


def _share_noted(viewer: Viewer, found: Share, record_type: RecordType, action: str, reason: str) -> None:
    after = {
        "person_id": found.person_id, "post": found.post, "department_id": found.department_id,
        "until": found.until.isoformat(), "level": "full" if found.is_full else "basic", "may_edit": found.may_edit,
    }  # fmt: skip
    audit.record(
        viewer, action, kind=record_type.model._meta.model_name or "", object_id=found.object_id,
        object_uid=found.object_uid, after=after, reason=reason,
    )  # fmt: skip
