"""The organisation as a tree with the people of a department, and a sign-in link that is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from zhike.foundation.access import directory, estates, staff
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import posts_held
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.ui import panels, refusals
from zhike.foundation.ui.panels import Panel
from zhike.interfaces.web.accounts import LINK_SECONDS, link_issue
from zhike.interfaces.web.records import DECIDERS, person_of


@require_GET
@route(area=Area.SETTINGS, level=Level.BASIC)
def organisation(request: HttpRequest) -> HttpResponse:
    """The chart; of the department that is named, or of one's own, the people with their posts."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    branches = directory.chart()
    asked = request.GET.get("department", "")
    chosen = next((b for b in branches if str(b.uid) == asked), None if asked == "none" else _opened(branches, viewer))
    context = {
        "branches": branches,
        "chosen": chosen,
        "people": [(one, _titles(one.posts, viewer)) for one in directory.people_of(chosen.id if chosen else None)],
        "may_edit": viewer.may(Area.SETTINGS, Level.EDIT),
    }
    return render(request, "web/organisation.html", context)


def _opened(branches: Sequence[directory.Branch], viewer: Viewer) -> directory.Branch | None:
    """What one sees first: the own department, else the first in which somebody works."""
    staffed = [branch for branch in branches if branch.people]
    own = next((branch for branch in staffed if branch.id == viewer.department_id), None)
    return own or next(iter(staffed or branches), None)


def _titles(codes: tuple[str, ...], viewer: Viewer) -> list[str]:
    return [posts()[code].title.said_in(viewer.language) for code in codes if code in posts()]


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.BASIC)
def sign_in_link(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue a one-time link for somebody: it stands in the answer and nowhere else."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = person_of(uid)
    if person is None:
        raise NotFound(uid=str(uid))
    link, refused = "", ""
    try:
        staff.may_have_link(viewer, person)
    except Refusal as refusal:
        if request.method == "POST":
            raise
        refused = refusals.sentence(refusal)
    if request.method == "POST":
        link = request.build_absolute_uri(link_issue(person, viewer=viewer, reason=request.POST.get("reason", "")))
    context = {"person": person, "link": link, "refused": refused, "minutes": LINK_SECONDS // 60}
    return render(request, "web/sign_in_link.html", context)


def _standing(viewer: Viewer, person: Person) -> dict[str, Any]:
    """Posts, what belongs to the person, and whether this viewer may issue a link."""
    try:
        staff.may_have_link(viewer, person)
        may_link = True
    except Refusal:
        may_link = False
    return {
        "person": person,
        "posts": _titles(tuple(posts_held(person, clock.today())), viewer),
        "owned": [(estate.words, count) for estate, count in estates.owned_by(person.pk)],
        "reports": person.reports.filter(is_active=True).count(),
        "may_explain": viewer.may(Area.SETTINGS, Level.EDIT),
        "may_link": may_link and viewer.holds(*DECIDERS),
    }


panels.add(
    Panel("people.side", "standing", _("Posts"), "web/_person_standing.html", _standing, Area.SETTINGS, order=10)
)
