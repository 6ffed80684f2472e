"""What I was told: news of my work, reminders, duties that became overdue, escalations of my people's duties."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhike.foundation import messages, obligations
from zhike.foundation.access.routes import signed_in
from zhike.interfaces.web import duties

SHOWN = 100


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """The newest notices. Showing them takes note of them; the mark "new" stays on this view of the page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = list(obligations.notices_of(viewer)[:SHOWN])
    by_duty = {item.duty.pk: item for item in duties.shown(viewer, {n.duty_id: n.duty for n in found}.values())}
    told = [{"notice": notice, "item": by_duty[notice.duty_id], "is_new": notice.seen_at is None} for notice in found]
    news = [messages.said(notice, viewer.language) for notice in messages.notices_of(viewer)[:SHOWN]]
    told += [{"notice": one.notice, "said": one, "is_new": one.notice.seen_at is None} for one in news]
    told = sorted(told, key=lambda one: one["notice"].at, reverse=True)[:SHOWN]
    if any(one["is_new"] for one in told) and request.method == "GET":
        obligations.notices_seen(viewer, [n.pk for n in found if n.seen_at is None])
        messages.notices_seen(viewer, [one.notice.pk for one in news if one.notice.seen_at is None])
    return render(request, "web/notices.html", {"told": told})
