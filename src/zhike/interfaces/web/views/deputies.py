"""Deputies: who stands in for me and for my people, for whom I do, and working on behalf of who is away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from zhike.foundation.access import deputies
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.people import posts_held
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.ui import panels, refusals
from zhike.foundation.ui.panels import Panel
from zhike.interfaces.api.declarations.areas import WORDS
from zhike.interfaces.web.viewer import ON_BEHALF

_MOST = 500


@require_http_methods(["GET", "POST"])
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Deputies of one person, oneself if nobody else is asked for; and for whom one stands in today."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = _person(viewer, request.GET.get("person", ""))
    context: dict[str, Any] = {"typed": QueryDict(), "problems": {}, "refusal": ""}
    status = 200
    if request.method == "POST":
        try:
            made = deputies.deputy_name(viewer=viewer, person=person.pk, **_given(request.POST))
        except NotFound:
            raise
        except Refusal as refusal:
            problems = refusals.field_problems(refusal) if isinstance(refusal, Invalid) else {}
            words = "" if problems else refusals.sentence(refusal)
            context |= {"typed": request.POST, "problems": problems, "refusal": words}
            status = refusal.status
        else:
            words = gettext("%(deputy)s stands in for %(person)s.")
            messages.success(request, words % {"deputy": made.deputy.name, "person": person.name})
            return redirect(_address(viewer, person))
    return render(request, "web/deputies.html", context | _shown(viewer, person), status=status)


def _person(viewer: Viewer, asked: str) -> Person:
    """Of whom the page is. Raises NotFound for who may not name deputies for that person."""
    rows = Person.objects.select_related("department")
    try:
        found = rows.filter(uid=UUID(asked)).first() if asked else rows.filter(pk=viewer.person_id).first()
    except ValueError:
        found = None
    own = found is not None and found.pk == viewer.person_id
    if found is None or not (own or deputies.may_name(viewer, found)):
        raise NotFound(person=asked)
    return found


def _address(viewer: Viewer, person: Person) -> str:
    own = person.pk == viewer.person_id
    return reverse("deputies") + ("" if own else f"?person={person.uid}")


def _given(form: QueryDict) -> dict[str, Any]:
    """What the form says. Raises Invalid."""
    days, problems = {}, {}
    for key in ("since", "until"):
        try:
            days[key] = typed.day(form.get(key, ""))
        except ValueError:
            problems[key] = "not_a_date" if form.get(key) else "required"
    if problems:
        raise Invalid(fields=problems)
    return {
        **days, "deputy": _number(form.get("deputy", "")), "posts": form.getlist("posts"),
        "areas": form.getlist("areas"), "reason": form.get("reason", ""),
    }  # fmt: skip


def _number(uid: str) -> int | None:
    try:
        return Person.objects.filter(uid=UUID(uid)).values_list("pk", flat=True).first()
    except ValueError:
        return None


def _shown(viewer: Viewer, person: Person) -> dict[str, Any]:
    names = viewer.acts_for is None
    rows = list(deputies.deputyships_of(viewer, person)) if names else []
    reports = Person.objects.filter(superior=viewer.person_id, is_active=True).order_by("name", "id")
    others = Person.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name", "id")
    held = [posts()[code] for code in posts_held(person, clock.today()) if code in posts()]
    areas = {area for post in held for area, levels in post.areas.items() if levels} - {Area.SENSITIVE}
    return {
        "person": person, "is_own": person.pk == viewer.person_id, "names": names,
        "rows": [_row(viewer, one) for one in rows if one.person_id == person.pk],
        "for_others": [_row(viewer, one) for one in rows if one.deputy_id == person.pk],
        "now": deputies.stood_in_for(viewer.person_id), "reports": reports[:_MOST] if names else (),
        "people": others.only("uid", "name")[:_MOST] if names else (),
        "posts": [(post.code, post.title.said_in(viewer.language)) for post in held],
        "areas": [(str(area), WORDS[area]) for area in Area if area in areas], "today": clock.today(),
    }  # fmt: skip


def _row(viewer: Viewer, one: Deputyship) -> dict[str, Any]:
    today = clock.today()
    return {
        "one": one, "is_now": one.since <= today <= one.until,
        "posts": [posts()[code].title.said_in(viewer.language) for code in one.posts if code in posts()],
        "areas": [WORDS[Area(area)] for area in one.areas],
    }  # fmt: skip


@require_POST
@signed_in
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a deputyship at once."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    made = deputies.deputy_end(viewer=viewer, uid=uid)
    messages.success(request, gettext("The deputyship is ended."))
    may_see = made.person_id == viewer.person_id or deputies.may_name(viewer, made.person)
    return redirect(_address(viewer, made.person) if may_see else reverse("deputies"))


@require_POST
@signed_in
def stand_in(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Work on behalf of who is away from now on, and go where the button leads."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = next((one for one in deputies.stood_in_for(viewer.person_id) if one.uid == uid), None)
    if found is None:
        raise NotFound(uid=str(uid))
    request.session[ON_BEHALF] = found.person_id
    return redirect(_next(request) or reverse("tasks"))


@require_POST
@signed_in
def be_oneself(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    request.session.pop(ON_BEHALF, None)
    return redirect(_next(request) or reverse("home"))


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else ""


def _side(viewer: Viewer, person: Person) -> dict[str, Any] | None:
    """Who stands in for a member of staff, on their page; for who may name deputies."""
    if not deputies.may_name(viewer, person):
        return None
    rows = [_row(viewer, one) for one in deputies.deputyships_of(viewer, person) if one.person_id == person.pk]
    return {"person": person, "rows": rows, "may_edit": viewer.may(Area.SETTINGS, Level.EDIT) and person.is_active}


panels.add(Panel("people.side", "deputies", _("Deputies"), "web/_deputies.html", _side, Area.SETTINGS))
