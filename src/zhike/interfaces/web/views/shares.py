"""Shares: what is open to me, what I have opened to others, and to whom one record is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhike.foundation.access import scope
from zhike.foundation.access.models import Share
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.messages import notice_words
from zhike.foundation.records import find, sharing
from zhike.foundation.records.links import links_of
from zhike.foundation.ui import panels
from zhike.foundation.ui.panels import Panel

_MOST = 300
PLACES = {"customers": "customer"}  # the customer page calls its places by another name


@require_GET
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Shared with me, shared by me; each leads to the record."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    box = "by" if request.GET.get("box") == "by" else "with"
    found = (sharing.shared_by(viewer) if box == "by" else sharing.shared_with(viewer))[:_MOST]
    return render(request, "web/shares.html", {"box": box, "rows": lines(viewer, found)})


def lines(viewer: Viewer, found: Iterable[Share]) -> list[dict[str, Any]]:
    """Shares as a page shows them, with the record where the viewer sees it."""
    rows = list(found)
    links = links_of(viewer, ((one.kind, one.object_id) for one in rows), kind_of=sharing.type_by)
    return [
        {
            "share": one, "kind": kind.title if (kind := sharing.type_by(one.kind)) is not None else "",
            "link": links.get((one.kind, one.object_id)), "to": sharing.receiver_words(one, viewer.language),
            "may_end": sharing.may_end(viewer, one),
        }
        for one in rows
    ]  # fmt: skip


@require_POST
@signed_in
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a share at once."""
    sharing.share_end(viewer=request.viewer, uid=uid)  # type: ignore[attr-defined]
    messages.success(request, _("The share is ended."))
    target = request.POST.get("next", "")
    return redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "shares")


def _side(viewer: Viewer, row: Any) -> dict[str, Any] | None:
    """To whom a record is open; nothing where it is open to nobody."""
    record_type = sharing.type_of(type(row))
    found = list(sharing.shares_of(viewer, record_type, row.pk)[:20])
    if not found:
        return None
    may_end = scope.by_share(viewer, type(row), row.pk) is None
    return {
        "rows": [{"share": one, "to": sharing.receiver_words(one, viewer.language),
                  "may_end": may_end and sharing.may_end(viewer, one)} for one in found],
        "link": record_type.link(row.uid),
    }  # fmt: skip


for _type in sharing.shareable():
    _place = f"{PLACES.get(_type.code, _type.code)}.side"
    panels.add(Panel(_place, "shares", gettext_lazy("Shared with"), "web/_shares.html", _side, _type.area, order=8))


@notice_words("record.shared", "user-share")
def _told(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    found = find(str(words.get("kind", "")))
    said = {"by": words.get("by", ""), "kind": found.title if found else "", "until": words.get("until", "")}
    return _("%(by)s shared with you until %(until)s: %(kind)s") % said, ""
