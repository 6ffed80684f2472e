"""Projects of the sample company: the newest first contracts of firms are being delivered, each a step further."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.onboard.public import ProjectRow, RoundRow, StepRow, projects_load
from zhike.sample.company import Company
from zhike.sample.services.organisation import Organisation
from zhike.sample.wording.delivery import COMPLAINTS, CRITERIA, ENVIRONMENT, STEPS

# What became of each, the newest contract first; days of the three milestones before (-) or after the company's last
# day, and how many of them are reached.
_COURSE: tuple[tuple[str, tuple[int, int, int], int], ...] = (
    ("forming", (0, 0, 0), 0),
    ("delivering", (-6, 5, 19), 1),
    ("testing", (-24, -9, 4), 2),
    ("rectifying", (-31, -15, 2), 2),
    ("delivering", (-12, -3, 12), 1),
    ("testing", (-20, -4, 8), 2),
    ("accepted", (-40, -22, -5), 3),
    ("accepted", (-44, -25, -2), 3),
)
_TESTED = ("testing", "rectifying", "accepted")


def projects_of_sample(
    viewer: Viewer, company: Company, organisation: Organisation, ids: Mapping[int, int]
) -> list[int]:
    """Load the projects; returns the customers, by database id, whose acceptance is under way."""
    chosen = _newest_contracts(company)
    rows = [
        _row(number, contract, company, organisation, ids[int(contract["customer_id"])])
        for number, contract in enumerate(chosen)
    ]
    projects_load(viewer=viewer, rows=rows, origin="sample")
    return [row.customer for row in rows if row.state == "testing"]


def _newest_contracts(company: Company) -> list[dict[str, Any]]:
    """The newest first contracts of firms, one a customer."""
    firms = {
        int(number)
        for number, kind in zip(company.customers.customer_id, company.customers.kind, strict=True)
        if kind == "firm"
    }
    columns = company.contracts.columns()
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*(c.tolist() for c in columns.values()), strict=True)
    ]
    first = [row for row in rows if row["customer_id"] in firms and not row["renews_contract_id"]]
    first.sort(key=lambda row: (row["signed_on"], row["contract_id"]), reverse=True)
    return first[: len(_COURSE)]


def _row(
    number: int, contract: dict[str, Any], company: Company, organisation: Organisation, customer: int
) -> ProjectRow:
    state, days, reached = _COURSE[number]
    opened = min(contract["signed_on"], company.as_of - dt.timedelta(days=60 if reached else 1))
    is_planned = state != "forming"
    steps = tuple(
        StepRow(title, _day(company, days[place]), standard, _day(company, days[place]) if place < reached else None)
        for place, (title, standard) in enumerate(STEPS)
    )
    return ProjectRow(
        contract=f"S{contract['contract_id']}", customer=customer, title=contract["title"], state=state,
        sales_lead=_holder(company, organisation, "sales_lead", number),
        implementation_manager=_holder(company, organisation, "implementation_manager", number) if is_planned else None,
        service_representative=_holder(company, organisation, "service_representative", number) if is_planned else None,
        criteria=CRITERIA if state in _TESTED else "", test_environment=ENVIRONMENT if state in _TESTED else "",
        opened_at=clock.start_of(opened) + dt.timedelta(hours=14),
        planned_at=clock.start_of(opened) + dt.timedelta(days=3, hours=11) if is_planned else None,
        steps=steps if is_planned else (), rounds=_rounds(number, state, company),
    )  # fmt: skip


def _rounds(number: int, state: str, company: Company) -> tuple[RoundRow, ...]:
    """One test that failed where something is rectified or was; one that passed where it was accepted."""
    complaint, mended = COMPLAINTS[number % len(COMPLAINTS)]
    tested = _day(company, -10 if state == "accepted" else -1)
    failed = RoundRow(tested, False, complaint, mended, tested + dt.timedelta(days=2))
    if state == "rectifying":
        return (failed._replace(rectification="", rectified_on=None),)
    if state != "accepted":
        return ()
    passed = RoundRow(_day(company, -4 if number % 2 == 0 else -2), True, "", "")
    return (failed, passed) if number % 2 == 0 else (passed,)


def _day(company: Company, days: int) -> dt.date:
    return company.as_of + dt.timedelta(days=days)


def _holder(company: Company, organisation: Organisation, post: str, number: int) -> int:
    holders = [organisation.staff[member.staff_id] for member in company.staff if post in member.posts]
    return holders[number % len(holders)]
