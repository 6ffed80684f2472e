"""What the machine makes of a plain list as the tutorial of django-ninja writes it: 50 rows, ORM, pydantic.

The gates were set on a machine where such a list took 3 ms of processor time (about 2.7 of them ORM and serialiser).
What it takes here, in the same run, is the pace of this machine on this day: the reference page is too small to show
it, as it fits into the processor's caches.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhike.config.settings")
import django

django.setup()

from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from ninja import NinjaAPI, Schema  # noqa: E402

from zhike.customers.models import Customer  # noqa: E402

USUAL_MS = 3.0  # processor time of such a list where the gates were set


class Row(Schema):
    """A customer with a dozen values."""

    uid: UUID
    number: str
    name: str
    short_name: str
    kind: str
    region: str
    industry: str
    phone: str
    email: str
    created_at: dt.datetime
    owner_id: int | None
    version: int


_api = NinjaAPI(urls_namespace="yardstick", docs_url=None, openapi_url=None)


@_api.get("/list", response=list[Row])
def fifty(request: Any) -> Any:
    """The newest fifty, whoever asks."""
    return Customer._base_manager.filter(deleted_at=None).order_by("-created_at", "-id")[:50]


_view = next(found.callback for found in _api.urls[0] if str(found.pattern) == "list")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The list, whatever is asked for; no session, no permission."""
    answer = _view(WSGIRequest(environ))
    start_response(f"{answer.status_code} OK", list(answer.items()))
    return [answer.content]
