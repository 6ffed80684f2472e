"""The first set-up of an installation, from the console or from a page: whose it is, and who begins.

Open as long as nobody works here. The page asks for the link that ``zhike serve`` prints, so that whoever comes first
to a fresh server is not thereby its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core import signing
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from zhike.foundation import policies
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import department_add, person_add
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.crypto import keys
from zhike.foundation.kit import ids, serial
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.policies.load import TEMPLATES
from zhike.interfaces.web.chart_files import Branch

LINK_SECONDS = 24 * 3600
_SALT = "zhike.founding"
_LOCK_SPACE = 0x7A7F
# IT sets up, and only management makes others management: the first person needs both, or nobody ever could.
FIRST_POSTS = ("it_team", "management")
LANGUAGES = ("zh-hans", "en")


class AlreadyFounded(Refusal):
    """Somebody works here: from now on people are added by people."""

    code = "already_founded"
    status = 404
    sentence = _("This installation has been set up. Sign in, or ask IT for a sign-in link.")


@dataclass(frozen=True)
class Founding:
    """What is asked for. ``template`` is empty for the shipped numbers."""

    company: str
    username: str
    name: str
    language: str = "zh-hans"
    template: str = ""
    branches: Sequence[Branch] = field(default_factory=tuple)


def is_open() -> bool:
    """Whether nobody works here yet; not where there is no schema."""
    try:
        with transaction.atomic():
            return not Person.objects.exists()
    except DatabaseError:
        return False


def link() -> str:
    """The path of the page, with a token for a day. It closes for good with the first person."""
    return reverse("start", args=[signing.dumps({"link": str(ids.uid())}, salt=_SALT, compress=True)])


def is_good(token: str) -> bool:
    """Whether the console of this installation printed ``token`` within a day."""
    try:
        signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return False
    return True


@transaction.atomic
def found(given: Founding, *, address: str = "") -> Person:
    """Set everything up at once and return the first administrator, who has no password yet.

    Raises: AlreadyFounded, Invalid.
    """
    serial.hold(_LOCK_SPACE, ["founding"])
    if Person.objects.exists():
        raise AlreadyFounded()
    _check(given)
    actor = system("zhike init")
    viewer = Viewer(None, actor.name, reach=actor.reach, is_system=True, reason=actor.reason, address=address)
    keys.backup()
    top = _chart(viewer, given)
    if given.template:
        policies.template_select(viewer, given.template, reason="zhike init")
    return person_add(
        username=given.username, name=given.name, post_codes=FIRST_POSTS, department=top, language=given.language,
        viewer=viewer,
    )  # fmt: skip


def _check(given: Founding) -> None:
    problems = {name: "required" for name in ("company", "username", "name") if not str(getattr(given, name)).strip()}
    if given.template and given.template not in TEMPLATES:
        problems["template"] = "unknown"
    if given.language not in LANGUAGES:
        problems["language"] = "unknown"
    if problems:
        raise Invalid(fields=problems)


def _chart(viewer: Viewer, given: Founding) -> Department:
    """The enterprise on top, the departments below it."""
    top = Department.objects.filter(parent=None).order_by("id").first()
    if top is None:
        top = department_add(name=given.company.strip(), viewer=viewer)
    made = {given.company.strip(): top}
    for branch in given.branches:
        if branch.name not in made:
            made[branch.name] = department_add(name=branch.name, parent=made.get(branch.parent, top), viewer=viewer)
    return top
