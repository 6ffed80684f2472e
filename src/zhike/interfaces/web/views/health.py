"""For those who watch over the server: is the web up, and is everything behind it at work."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from zhike.foundation.access.routes import public
from zhike.foundation.ui import readiness


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the web answers, the database answers, and no migration waits."""
    return _answer({"web": lambda: "", "database": _database, "migrations": _migrations})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """As healthz, and every check that parts registered: worker, outbox."""
    return _answer({"web": lambda: "", "database": _database, "migrations": _migrations, **readiness.checks()})


def _answer(checks: dict[str, Callable[[], str]]) -> HttpResponse:
    found = {}
    for name, check in checks.items():
        try:
            found[name] = check() or "ok"
        except DatabaseError as fault:
            found[name] = type(fault).__name__
    is_well = all(words.startswith("ok") for words in found.values())
    return JsonResponse(
        {"status": "ok" if is_well else "failing", "checks": found},
        status=200 if is_well else 503,
        headers={"Cache-Control": "no-store"},
    )


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    waiting = readiness.migrations_waiting()
    return f"{waiting} migrations wait: run zhike migrate" if waiting else ""
