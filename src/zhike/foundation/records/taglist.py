"""Making, renaming, retiring and merging tags. One function per mutation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import serial
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records.custom.rules import slug
from zhike.foundation.records.policy import TagPolicy
from zhike.foundation.records.rows import locked, noted, saved
from zhike.foundation.records.tags import known
from zhike.foundation.records.tags.models import Tag, TagState, Tone

_LOCK_SPACE = 0x7A67
_LONGEST_CODE = 36
_LONGEST = {"title_zh": 30, "title_en": 40, "meaning": 200}


class TooManyTags(Refusal):
    """There are as many tags in use as there may be."""

    code = "too_many_tags"
    status = 409
    sentence = _("There are %(limit)s tags in use already. Retire or merge some that mean the same first.")


class TagStands(Refusal):
    """The tag is not in a state in which this can be done."""

    code = "tag_state"
    status = 409
    sentence = _("This tag has been retired, merged or brought back meanwhile. Reload the page to see how it stands.")


@transaction.atomic
def tag_create(*, viewer: Viewer, title_zh: str = "", title_en: str = "", tone: str = "", meaning: str = "") -> Tag:
    """Add a tag to the list. Raises: Forbidden, Invalid (no name, or one that is taken), TooManyTags."""
    viewer.require(Area.STRATEGY, Level.EDIT)
    serial.hold(_LOCK_SPACE, ["tags"])
    _require_room()
    clean = _accepted({"title_zh": title_zh, "title_en": title_en, "tone": tone, "meaning": meaning})
    tag = Tag(code=_code_of(clean["title_en"]), owner_id=viewer.person_id, department_id=viewer.department_id, **clean)
    tag.created_by_id = tag.updated_by_id = viewer.person_id
    tag.save()
    noted(viewer, tag, "tag.create", **clean)
    _told()
    return tag


@transaction.atomic
def tag_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Tag:
    """Rename a tag or give it another colour: it reads so at once on all records. Raises: Forbidden, NotFound, Stale,
    Invalid, TagStands."""
    tag = _held(viewer, uid, version, TagState.USED)
    present = {name: getattr(tag, name) for name in ("title_zh", "title_en", "tone", "meaning")}
    clean = _accepted({**present, **changes}, besides=tag)
    changed = {name: value for name, value in clean.items() if value != present[name]}
    for name, value in changed.items():
        setattr(tag, name, value)
    saved(viewer, tag, "tag.update", **changed)
    _told()
    return tag


@transaction.atomic
def tag_retire(*, viewer: Viewer, uid: UUID, version: int) -> Tag:
    """Take a tag out of use: it stays where it stands and is put on nothing new. Raises as :func:`tag_update`."""
    tag = _held(viewer, uid, version, TagState.USED)
    tag.state = TagState.RETIRED
    saved(viewer, tag, "tag.retire", title=tag.title_zh)
    _told()
    return tag


@transaction.atomic
def tag_return(*, viewer: Viewer, uid: UUID, version: int) -> Tag:
    """Bring a retired or merged tag back; records that carried it before it was merged carry it again, unless their
    tags were written since. Raises as :func:`tag_update`, and TooManyTags."""
    tag = _held(viewer, uid, version, TagState.RETIRED, TagState.MERGED)
    _require_room()
    _accepted({"title_zh": tag.title_zh, "title_en": tag.title_en, "tone": tag.tone, "meaning": ""}, besides=tag)
    tag.state, tag.into = TagState.USED, None
    saved(viewer, tag, "tag.return", title=tag.title_zh)
    _told()
    return tag


@transaction.atomic
def tag_merge(*, viewer: Viewer, uid: UUID, version: int, into: str) -> Tag:
    """Read this tag everywhere as another one, ``into`` by its code: in lists, filters, rules, at once.

    Raises as :func:`tag_update`.
    """
    tag = _held(viewer, uid, version, TagState.USED, TagState.RETIRED)
    target = Tag.objects.filter(code=into, state=TagState.USED).exclude(pk=tag.pk).first()
    if target is None:
        raise Invalid(fields={"into": "not_an_option"})
    # What was merged into this one follows it, so that one look is enough to read any tag.
    Tag.objects.filter(into=tag).update(into=target, version=F("version") + 1)
    tag.state, tag.into = TagState.MERGED, target
    saved(viewer, tag, "tag.merge", title=tag.title_zh, into=target.code)
    _told()
    return tag


def _held(viewer: Viewer, uid: UUID, version: int, *states: str) -> Tag:
    viewer.require(Area.STRATEGY, Level.EDIT)
    serial.hold(_LOCK_SPACE, ["tags"])
    tag = locked(viewer, Tag, uid, version)
    if tag.state not in states:
        raise TagStands()
    return tag


def _require_room() -> None:
    limit = policies.current().get(TagPolicy).in_use_max
    if Tag.objects.filter(state=TagState.USED).count() >= limit:
        raise TooManyTags(limit=limit)


def _accepted(given: dict[str, Any], besides: Tag | None = None) -> dict[str, str]:
    clean = {name: " ".join(str(value or "").replace("\0", "").split()) for name, value in given.items()}
    clean["title_en"] = clean["title_en"] or clean["title_zh"]
    clean["tone"] = clean["tone"] or Tone.NEUTRAL
    problems = {name: "too_long" for name, most in _LONGEST.items() if len(clean[name]) > most}
    if not clean["title_zh"]:
        problems["title_zh"] = "required"
    if clean["tone"] not in Tone.values:
        problems["tone"] = "not_an_option"
    standing = Tag.objects.exclude(state=TagState.MERGED).exclude(pk=besides.pk if besides else None)
    for name in ("title_zh", "title_en"):
        if name not in problems and standing.filter(**{f"{name}__iexact": clean[name]}).exists():
            problems[name] = "tag_taken"
    if problems:
        raise Invalid(fields=problems)
    return clean


def _code_of(title: str) -> str:
    begun = slug(title, _LONGEST_CODE) or "tag"
    taken = set(Tag.objects.filter(code__startswith=begun).values_list("code", flat=True))
    code, number = begun, 1
    while code in taken:
        number += 1
        code = f"{begun}_{number}"[:40]
    return code


def _told() -> None:
    known.forget(is_undecided=True)
    transaction.on_commit(known.forget)
