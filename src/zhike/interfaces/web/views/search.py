"""Search over everything: records by words, pages and commands by name. The palette asks the same address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhike.foundation import records
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import finding
from zhike.foundation.ui import nav

PER_KIND = 6


@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """What the words find, by kind; without words the pages and commands."""
    viewer = request.viewer  # type: ignore[attr-defined]
    words = finding.cleaned(request.GET.get("q", ""))
    context = {"words": words, "groups": [*_records(viewer, words), *_pages(viewer, words)]}
    template = "web/found.html" if request.headers.get("HX-Target") == "palette-found" else "web/search.html"
    return render(request, template, context)


def _records(viewer: Viewer, words: str) -> list[dict[str, Any]]:
    groups = []
    for kind, rows in finding.found(viewer, words, PER_KIND):
        links = [
            {"url": kind.link(uid), "words": texts[0], "more": " ".join(texts[1:]), "icon": kind.icon}
            for uid, texts in rows
        ]
        groups.append({"title": str(kind.plural), "links": links})
    return groups


def _pages(viewer: Viewer, words: str) -> list[dict[str, Any]]:
    wanted = words.casefold()
    commands = []
    pages = [
        {"url": entry.url, "words": str(entry.label), "more": str(section.words), "icon": entry.icon}
        for section in nav.Section
        for entry in nav.entries_of(section)
        if entry.shown_to(viewer) and wanted in str(entry.label).casefold()
    ]
    for record_type in records.every():
        words_new = gettext("New: %(kind)s") % {"kind": record_type.title}
        may = record_type.create is not None and viewer.may(record_type.area, Level.EDIT)
        if may and wanted in words_new.casefold():
            commands.append({"url": f"/{record_type.code}/new/", "words": words_new, "more": "", "icon": "plus"})
    found = [(gettext("Pages"), pages), (gettext("Commands"), commands)]
    return [{"title": title, "links": links} for title, links in found if links]
