"""Every address of the application with what it declares, and somebody, something and somewhere to ask it with."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import models
from django.urls import get_resolver

from tests.architecture.test_routes import FOREIGN, name_of, operations
from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level, Scope, posts
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.kit import clock

NARROW = {Scope.OWN, Scope.OWN_AND_TEAM}
# Addresses that name a record under another word than its kind; None for what belongs to the whole enterprise.
BELONGS_TO = {
    "desk": "warnings", "service": "tickets", "nights": None, "policies": None, "foresight": None, "portal": None,
    "approvals": None,  # for whom it waits, not whose it is: src/zhike/foundation/approvals/tests
    "custom-fields": None,  # of the enterprise, whoever administers settings
    "imports": None,  # of who began it: src/zhike/foundation/imports/tests
    "system": None, "reports": None,  # addressed to posts, row by row by reach: tests/journeys/test_every_report.py
    "automate": None,  # rules and webhooks are the enterprise's
    # Of who named them: src/zhike/foundation/access/tests/test_deputies.py, src/zhike/customers/tests/test_sharing.py
    "deputies": None, "access": None, "shares": None, "leavings": None,
    "why": None,  # of any kind: what one does not see is not there: src/zhike/interfaces/web/tests/test_why.py
    "accounts": None,  # connected accounts are one's own: src/zhike/interfaces/web/tests/test_company_sign_in.py
    "strategies": None, "me": None,  # a stranger's token is not found: src/zhike/interfaces/api/tests/test_tokens.py
}  # fmt: skip
# A page about a customer's consent is about the customer: who sees no profile gets no further than the list.
ASKS_ALSO = {"/customers/<uuid:uid>/consent/": Area.PROFILE}
_ARGUMENTS = {
    "file_format": "csv",
    "period": "2026-W30",
    "act": "publish",
    "step": "run",
    "key": "phone",
    "action": "reassign",
    "code": "forbidden",
    "token": "x",
    "template": "saas",
    "pk": "1",
    "file_uid": "00000000-0000-7000-8000-000000000000",
}  # fmt: skip
_numbers = itertools.count(1)


class Address(NamedTuple):
    """One address and method: ``method`` is empty for a page, which is asked by GET and by POST."""

    pattern: str
    method: str
    route: Route

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("/api/v1/")

    @property
    def methods(self) -> tuple[str, ...]:
        return (self.method,) if self.method else ("GET", "POST")

    @property
    def word(self) -> str:
        """The first word that says what it is about."""
        return self.pattern.removeprefix("/api/v1").strip("/").split("/")[0]

    @property
    def kind(self) -> str | None:
        """The kind of record that a uid in the address names."""
        if not re.search(r"uuid\w*:uid", self.pattern):
            return None
        if records.find(self.word) is not None:
            return self.word
        if self.word not in BELONGS_TO:
            raise LookupError(f"{self.pattern}: which kind of record is it? Say so in BELONGS_TO")
        return BELONGS_TO[self.word]

    def at(self, uid: object) -> str:
        """The address of one record."""
        key = "segment.tiers.high_from" if self.word == "policies" else _ARGUMENTS["key"]
        filled = re.sub(r"[<{]uuid\w*:uid[>}]", str(uid), self.pattern)
        filled = re.sub(r"[<{]\w+:key[>}]", key, filled)
        return re.sub(r"[<{]\w+:(\w+)[>}]", lambda found: _ARGUMENTS[found[1]], filled)


def addresses() -> list[Address]:
    """Everything that the resolver leads to, but the library's own description of the API."""
    return list(_below(get_resolver().url_patterns, "/"))


def _below(patterns: Any, prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern.url_patterns, address)
        elif found := operations(pattern.callback):
            yield from (
                Address(address, method, view.route) for method, view in zip(_methods(pattern), found, strict=True)
            )
        elif (route := getattr(pattern.callback, "route", None)) is not None:
            yield Address(address, "", route)
        elif not name_of(pattern.callback).startswith(FOREIGN):
            raise LookupError(f"{address} does not say who may knock")


def _methods(pattern: Any) -> list[str]:
    held = [cell.cell_contents for cell in pattern.callback.__closure__]
    return [operation.methods[0] for path_view in held for operation in getattr(path_view, "operations", ())]


def guarded() -> list[Address]:
    """Addresses that ask for an area."""
    return [address for address in addresses() if address.route.door is Door.AREA]


def levels_of(code: str, area: Area) -> frozenset[Level]:
    """What a post may in an area, the basics included in whatever stands above them."""
    held = posts()[code].areas.get(area, frozenset())
    above = held & {Level.FULL, Level.EDIT, Level.APPROVE}
    return held | ({Level.BASIC} if above else frozenset())


def posts_with(route: Route, *, narrow: bool = False) -> list[str]:
    """Posts that the route lets in, the least endowed first; only those that see a part of the records if asked."""
    assert route.area is not None
    return sorted(
        (
            code
            for code, post in posts().items()
            if route.level in levels_of(code, route.area) and (not narrow or post.scope in NARROW)
        ),
        key=_endowment,
    )


def posts_without(route: Route) -> list[str]:
    """Posts that it does not let in, the best endowed first."""
    assert route.area is not None
    without = (code for code in posts() if route.level not in levels_of(code, route.area))
    return sorted(without, key=_endowment, reverse=True)


def _endowment(code: str) -> int:
    return sum(map(len, posts()[code].areas.values()))


def rows_of(customer: Any, *known: Any) -> dict[str, Any]:
    """One record of each declared kind that belongs to ``customer``, by code; of some those that are ``known``."""
    rows: dict[type[models.Model], Any] = {type(row): row for row in (customer, *known)}
    return {kind.code: made(kind.model, rows) for kind in records.every()}


def made(model: type[models.Model], rows: dict[type[models.Model], Any]) -> Any:
    """The row of a table in ``rows``; where there is none, one with something in each column that must not be empty."""
    if model in rows:
        return rows[model]
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.null or field.has_default():
            continue
        if field.is_relation:
            values[field.name] = made(field.related_model, rows)
        else:
            values[field.name] = _something(field)
    if getattr(model, "pool", False):  # what nobody owns is in everybody's reach
        customer = next(iter(rows.values()))
        values |= {"owner_id": customer.owner_id, "department_id": customer.department_id}
    rows[model] = model._default_manager.create(**values)
    return rows[model]


def _something(field: Any) -> Any:
    if field.choices:
        return field.choices[0][0]
    for kind, value in (
        (models.DateTimeField, clock.now()),
        (models.DateField, clock.today() - dt.timedelta(days=next(_numbers))),
        (models.BooleanField, False),
        (models.PositiveIntegerField | models.SmallIntegerField, next(_numbers)),
        (models.CharField, f"x{next(_numbers)}"[: field.max_length or 9]),
        (models.TextField, "x"),
        (models.JSONField, []),
    ):
        if isinstance(field, kind):
            return value
    return 1
