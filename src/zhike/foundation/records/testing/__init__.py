"""Generated proof for a kind of records: list, page, drawer, forms, API, export, permission, number of queries.

A room declares its records once and tests them in a few lines::

    TestCustomers = cases(
        "customers",
        make=lambda owner: a_customer(owner=owner),
        allowed="customer_manager",
        denied="it_team",
        create={"kind": "firm", "name": "杭州岚山精密有限公司"},
        change={"short_name": "岚山"},
        secrets=("13812345678",),
    )

``make(owner)`` returns a saved row that belongs to ``owner``. ``create`` and ``change`` are what a person types, by
public field name. ``secrets`` are full values that must never appear in what the kit sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zhike.foundation.access.models import Person
from zhike.foundation.records.testing.browser import counters_in, problems_in, signed_in, staff, text_of
from zhike.foundation.records.testing.reading import ReadCases
from zhike.foundation.records.testing.walking import WalkCases
from zhike.foundation.records.testing.writing import WriteCases

__all__ = ["RecordCases", "cases", "counters_in", "problems_in", "signed_in", "staff", "text_of"]


class RecordCases(ReadCases, WalkCases, WriteCases):
    """The generated cases. Parts that a declaration does not offer are skipped, and pytest says so."""


def cases(
    code: str,
    *,
    make: Callable[[Person], Any],
    allowed: str,
    denied: str,
    create: Mapping[str, str] | Callable[[Person], Mapping[str, str]] | None = None,
    change: Mapping[str, str] | None = None,
    secrets: Sequence[str] = (),
    owned: bool = True,
) -> type[RecordCases]:
    """The generated cases for the records ``code``; assign the result to a name that begins with ``Test``.

    ``allowed`` is a post that sees its own records and may edit them; ``denied`` one without the area. ``owned`` is
    False for reference data that all staff of the area see.
    """
    return type(
        f"Test{code.title()}",
        (RecordCases,),
        {
            "code": code,
            "make": staticmethod(make),
            "allowed": allowed,
            "denied": denied,
            "create_values": staticmethod(create) if callable(create) else create,
            "change_values": change,
            "secrets": secrets,
            "owned": owned,
        },
    )
