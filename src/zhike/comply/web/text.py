"""A new edition of a notice text."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from zhike.comply.models import Channel, Purpose
from zhike.comply.models.text import Language
from zhike.comply.selectors import text_in_force
from zhike.comply.services.text import consent_text_publish
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, typed
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.ui import refusals


@require_http_methods(["GET", "POST"])
@route(area=Area.CONSENT, level=Level.APPROVE)
def new(request: HttpRequest) -> HttpResponse:
    """The form, filled with the edition in force for the channel and language chosen; published on POST."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = request.POST
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            consent_text_publish(
                viewer=viewer,
                channel=form.get("channel", ""),
                language=form.get("language", ""),
                notice=form.get("notice", ""),
                promise=form.get("promise", ""),
                purposes=form.getlist("purposes"),
                in_force_from=_day(form.get("in_force_from", "")),
            )
        except Invalid as invalid:
            problems = dict(refusals.field_problems(invalid))
        else:
            messages.success(request, gettext("Published. Earlier consents keep the text they were given to."))
            return redirect("/consent-texts/")
    return render(request, "comply/text.html", _context(request, problems), status=422 if problems else 200)


def _context(request: HttpRequest, problems: dict[str, str]) -> dict[str, Any]:
    asked = request.POST or request.GET
    channel = asked.get("channel", "") if asked.get("channel", "") in Channel.values else str(Channel.ANY)
    language = asked.get("language", "") if asked.get("language", "") in Language.values else str(Language.ZH)
    standing = text_in_force(channel, language)
    typed_in = request.method == "POST"
    return {
        "channel": channel,
        "language": language,
        "channels": Channel.choices,
        "languages": Language.choices,
        "purposes": Purpose.choices,
        "chosen": request.POST.getlist("purposes") if typed_in else (standing.purposes if standing else ()),
        "notice": asked.get("notice", "") if typed_in else (standing.notice if standing else ""),
        "promise": asked.get("promise", "") if typed_in else (standing.promise if standing else ""),
        "from": asked.get("in_force_from", ""),
        "standing": standing,
        "problems": problems,
    }


def _day(text: str) -> dt.datetime | None:
    """The beginning of the day typed; now for today or nothing."""
    if not text:
        return None
    try:
        day = typed.day(text)
    except ValueError:
        raise Invalid(fields={"in_force_from": "not_a_date"}) from None
    return None if day == clock.today() else clock.start_of(day)
