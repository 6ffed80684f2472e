"""The data catalogue as a page: what is held about whom, why, how long, and who sees it."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.records import catalogue


@route(area=Area.CONSENT, level=Level.BASIC)
def data_catalogue(request: HttpRequest) -> HttpResponse:
    """All fields by kind of record; ``?personal=1`` shows only those about persons."""
    viewer = request.viewer  # type: ignore[attr-defined]
    only_personal = request.GET.get("personal") == "1"
    listed = [one for one in catalogue.fields() if one.is_personal or not only_personal]
    groups = [
        {
            "title": str(kind),
            "fields": [
                {"one": one, "posts": [post.title.said_in(viewer.language) for post in one.seen_by]} for one in found
            ],
        }
        for kind, found in groupby(listed, key=lambda one: str(one.kind))
    ]
    context = {"groups": groups, "only_personal": only_personal, "undeclared": catalogue.undeclared()}
    return render(request, "web/catalogue.html", context)
