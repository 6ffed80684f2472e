"""Loading the sample company through the doors of the rooms, as an import would. Nothing of it starts a duty."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction

from zhike.acquire.public import LeadRow, leads_load
from zhike.customers.public import (
    ContactRow,
    CustomerRow,
    InteractionRow,
    customers_load,
    interactions_load,
)  # fmt: skip
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.ledger import public as ledger
from zhike.sample.company import Company, generate
from zhike.sample.services.organisation import Login, Organisation, organisation_load
from zhike.sample.services.projects import projects_of_sample
from zhike.sample.services.retention import retention_load
from zhike.sample.services.rules import rules_of_sample
from zhike.sample.tables import Table
from zhike.sample.wording.answers import complaint_answer, ticket_solution
from zhike.sample.wording.knowledge import articles
from zhike.serve.public import ArticleRow, ComplaintRow, TicketRow, articles_load, complaints_load, tickets_load
from zhike.win.public import ContractRow, OpportunityRow, contracts_load, opportunities_load

ORIGIN = "sample"
_WITH_USE = 20  # of the packages that run, each twentieth tells how far it is used
_PACKAGE = ("企业专线流量包", "GB")
_TICKET_CLASS = {
    "technical": "technical", "install": "technical", "billing": "commercial", "change": "commercial",
    "question": "experience",
}  # fmt: skip
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class SampleLoaded:
    """What was loaded: the people's first logins, database ids of customers by sample id, rows by table,
    and the customers, by database id, whose acceptance is under way."""

    logins: list[Login]
    customer_ids: dict[int, int]
    rows: dict[str, int]
    in_acceptance: list[int] = field(default_factory=list)


def sample_load(
    *, viewer: Viewer, customers: int, seed: int, as_of: dt.date, language: str, progress: Progress
) -> SampleLoaded:
    """Generate the company as of a day and load it, whole or not at all: after a crash it is loaded by doing it again.

    Raises: Forbidden.
    """
    progress("generate", 0.0)
    company = generate(customers=customers, seed=seed, as_of=as_of)
    with transaction.atomic():
        _check_at_once()
        return _loaded(viewer, company, language, progress)


def _check_at_once() -> None:
    """PostgreSQL would remember each row of the whole load until the end, to check its references only then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _loaded(viewer: Viewer, company: Company, language: str, progress: Progress) -> SampleLoaded:
    organisation = organisation_load(departments=company.departments, staff=company.staff, language=language)
    progress("customers", 0.1)
    ids = _customers(viewer, company, organisation)
    progress("orders", 0.3)
    _ledger(viewer, company, ids)
    progress("service", 0.8)
    _talks(viewer, company, organisation, ids)
    _leads(viewer, company, organisation, ids)
    retention_load(viewer, company, organisation, ids)
    rules_of_sample(viewer, organisation)
    testing = projects_of_sample(viewer, company, organisation, ids)
    return SampleLoaded(organisation.logins, ids, {name: t.rows for name, t in company.tables().items()}, testing)


def _customers(viewer: Viewer, company: Company, organisation: Organisation) -> dict[int, int]:
    contacts: dict[int, list[ContactRow]] = {}
    for row in _rows(company.contacts):
        contacts.setdefault(row["customer_id"], []).append(
            ContactRow(
                {"name": row["name"], "title": row["title"], "decision_role": row["role"], "phone": row["phone"],
                 "email": row["email"], "is_primary": row["is_primary"]}
            )
        )  # fmt: skip
    loaded = customers_load(
        viewer=viewer,
        rows=[_customer(row, contacts.get(row["customer_id"], []), organisation) for row in _rows(company.customers)],
        origin=ORIGIN,
    )
    if loaded.refused:
        raise ValueError(f"the sample company has bad rows: {dict(list(loaded.refused.items())[:3])}")
    return {int(external.removeprefix("S")): pk for external, pk in loaded.ids.items()}


def _customer(row: dict[str, Any], contacts: list[ContactRow], organisation: Organisation) -> CustomerRow:
    is_firm = row["kind"] == "firm"
    values: dict[str, Any] = {
        "name": row["name"],
        "region": f"{row['region_code'][:2]}0000",
        "address": row["address"] or "",
        "phone": row["phone"] or "",
        "email": row["email"] or "",
        "source": row["channel"] or "",
        "core_needs": row["needs"] or "",
        "prefers_custom": row["prefers_custom"],
        "cooperation_since": row["cooperation_since"],
    }
    if is_firm:
        values |= {
            "short_name": row["short_name"] or "",
            "credit_code": row["credit_code"] or "",
            "industry": (row["industry_code"] or "")[:1],
            "staff_count": row["staff_count"] or None,
            "revenue_minor": row["yearly_revenue_minor"] or None,
        }
    else:
        birthday = row["birthday"]
        values |= {"id_number": row["id_number"] or "", "birthday": birthday.isoformat() if birthday else ""}
    return CustomerRow(
        external_id=f"S{row['customer_id']}",
        kind=row["kind"],
        values=values,
        owner_id=organisation.staff.get(row["owner_id"]),
        created_at=clock.start_of(row["created_on"]) + dt.timedelta(hours=10),
        contacts=contacts,
    )


def _ledger(viewer: Viewer, company: Company, ids: dict[int, int]) -> None:
    products = ledger.products_load(
        viewer=viewer,
        rows=[
            ledger.ProductRow(f"S{p.product_id}", p.code, p.name, p.category, p.price_minor) for p in company.products
        ],
        origin=ORIGIN,
    )
    orders = ledger.orders_load(
        viewer=viewer,
        rows=[
            ledger.OrderRow(f"S{r['order_id']}", ids[r["customer_id"]], r["number"], r["ordered_on"],
                            r["amount_minor"], "CNY", r["status"])
            for r in _rows(company.orders)
        ],
        origin=ORIGIN,
    )  # fmt: skip
    ledger.lines_load(
        viewer=viewer,
        rows=(
            ledger.LineRow(orders[f"S{r['order_id']}"], products[f"S{r['product_id']}"], r["quantity"],
                           r["amount_minor"])
            for r in _rows(company.lines)
        ),
    )  # fmt: skip
    _subscriptions(viewer, company, ids, products)
    _package_uses(viewer, company, ids)
    _bills(viewer, company, ids)
    ledger.usage_load(viewer=viewer, rows=_usage(company, ids))


def _subscriptions(viewer: Viewer, company: Company, ids: dict[int, int], products: dict[str, int]) -> None:
    ledger.subscriptions_load(
        viewer=viewer,
        rows=(
            ledger.SubscriptionRow(f"S{r['subscription_id']}", ids[r["customer_id"]],
                                   products.get(f"S{r['product_id']}"), r["starts_on"], r["ends_on"],
                                   r["monthly_fee_minor"])
            for r in _rows(company.subscriptions)
        ),
        origin=ORIGIN,
    )  # fmt: skip


def _package_uses(viewer: Viewer, company: Company, ids: dict[int, int]) -> None:
    """The last month of some packages that run, used between not at all and a little over."""
    month = (company.as_of - dt.timedelta(days=1)).replace(day=1)
    running = (
        r for r in _rows(company.subscriptions) if r["ends_on"] is None and r["subscription_id"] % _WITH_USE == 0
    )
    ledger.package_uses_load(
        viewer=viewer,
        rows=(
            ledger.PackageUseRow(f"S{r['subscription_id']}", ids[r["customer_id"]], *_PACKAGE, month, 1_000,
                                 r["subscription_id"] * 37 % 1_150)
            for r in running
        ),
        origin=ORIGIN,
    )  # fmt: skip


def _bills(viewer: Viewer, company: Company, ids: dict[int, int]) -> None:
    bills = ledger.bills_load(
        viewer=viewer,
        rows=(
            ledger.BillRow(f"S{r['bill_id']}", ids[r["customer_id"]], r["period"], r["amount_minor"], r["due_on"],
                           r["paid_on"])
            for r in _rows(company.bills)
        ),
        origin=ORIGIN,
    )  # fmt: skip
    ledger.payments_load(
        viewer=viewer,
        rows=(
            ledger.PaymentRow(f"S{r['payment_id']}", ids[r["customer_id"]], bills.get(f"S{r['bill_id']}"),
                              r["paid_on"], r["amount_minor"])
            for r in _rows(company.payments)
        ),
        origin=ORIGIN,
    )  # fmt: skip


def _usage(company: Company, ids: dict[int, int]) -> Iterator[ledger.UsageRow]:
    """The last months by day; the months before as one row on their first day."""
    if company.usage is None or company.usage_days is None:
        return
    by_day = company.usage_days
    covered = set(zip(by_day.customer_id.tolist(), by_day.day.astype("datetime64[M]").tolist(), strict=True))
    for row in _rows(company.usage):
        if (row["customer_id"], row["month"]) not in covered:
            yield ledger.UsageRow(ids[row["customer_id"]], row["month"], row["feature_uses"], row["logins"])
    for row in _rows(by_day):
        yield ledger.UsageRow(ids[row["customer_id"]], row["day"], row["feature_uses"], row["logins"])


def _talks(viewer: Viewer, company: Company, organisation: Organisation, ids: dict[int, int]) -> None:
    contracts_load(
        viewer=viewer,
        rows=[
            ContractRow(f"S{r['contract_id']}", ids[r["customer_id"]], r["number"], r["title"], r["signed_on"],
                        r["starts_on"], r["ends_on"], r["value_minor"], "CNY")
            for r in _rows(company.contracts)
        ],
        origin=ORIGIN,
    )  # fmt: skip
    opportunities_load(viewer=viewer, rows=_deals(company, organisation, ids), origin=ORIGIN)
    tickets_load(viewer=viewer, rows=[_ticket(r, ids) for r in _rows(company.tickets)], origin=ORIGIN)
    complaints_load(
        viewer=viewer,
        rows=[_complaint(r, ids) for r in _rows(company.complaints)],
        origin=ORIGIN,
    )  # fmt: skip
    articles_load(viewer=viewer, rows=_articles(company), origin=ORIGIN)
    interactions_load(
        viewer=viewer,
        rows=[
            InteractionRow(f"S{r['interaction_id']}", ids[r["customer_id"]], organisation.staff.get(r["staff_id"]),
                           r["kind"], r["direction"], _moment(r["on"], r["minute"]), r["note"] or "", "", "", None,
                           r["mentions"] or "")
            for r in _rows(company.interactions)
        ],
        origin=ORIGIN,
    )  # fmt: skip


_LEADS = 24  # the newest of those who never bought: enough for a queue, a pool and a board
# In turn: whether somebody owns the lead, what became of it, how urgent it is.
_COURSE = (
    (True, "new", "month"), (False, "new", "quarter"), (True, "contacted", "month"), (True, "followed", "quarter"),
    (True, "new", "later"), (False, "new", "month"), (True, "dropped", "later"), (True, "new", "half_year"),
)  # fmt: skip
_HEARD = ("search", "exhibition", "referral", "content", "portal")


def _leads(viewer: Viewer, company: Company, organisation: Organisation, ids: dict[int, int]) -> None:
    """Leads on customers who asked and have not bought, as old as their file."""
    sellers = [organisation.staff[p.staff_id] for p in company.staff if "sales_specialist" in p.posts]
    asked = [row for row in _rows(company.customers) if row["cooperation_since"] is None]
    asked.sort(key=lambda row: (row["created_on"], row["customer_id"]), reverse=True)
    rows = []
    for number, row in enumerate(asked[:_LEADS]):
        is_owned, state, urgency = _COURSE[number % len(_COURSE)]
        asked_at = _moment(row["created_on"], 9 * 60 + 17 * (number % 20))
        rows.append(
            LeadRow(
                f"S{row['customer_id']}", ids[row["customer_id"]],
                sellers[number % len(sellers)] if is_owned else None, state, (row["needs"] or "")[:200], urgency,
                _HEARD[number % len(_HEARD)], 1 + number % 3 // 2, asked_at,
                asked_at + dt.timedelta(hours=5 if state != "new" else 0),
            )
        )  # fmt: skip
    leads_load(viewer=viewer, rows=rows, origin=ORIGIN)


def _articles(company: Company) -> list[ArticleRow]:
    """What the service team has learned, one article a week up to the company's last day."""
    last = max(r["opened_on"] for r in _rows(company.tickets))
    return [
        ArticleRow(f"S{number}", f"ZS{number:06d}", a.title, a.problem, a.solution, a.keywords, a.ticket_class,
                   a.is_public, _moment(last - dt.timedelta(weeks=number), 10 * 60))
        for number, a in enumerate(articles(), 1)
    ]  # fmt: skip


def _deals(company: Company, organisation: Organisation, ids: dict[int, int]) -> list[OpportunityRow]:
    places = dict(Person.objects.filter(pk__in=organisation.staff.values()).values_list("pk", "department_id"))
    rows = []
    for row in _rows(company.deals):
        owner = organisation.staff.get(row["owner_id"])
        closed = _moment(row["closed_on"], 16 * 60) if row["closed_on"] else None
        stage = {"signed": "won"}.get(row["stage"], row["stage"])
        opened = _moment(row["opened_on"], 10 * 60)
        rows.append(
            OpportunityRow(f"S{row['deal_id']}", ids[row["customer_id"]], owner, places.get(owner or 0), row["title"],
                           stage, row["value_minor"], opened, closed or opened, closed,
                           "other" if stage == "lost" else "")
        )  # fmt: skip
    return rows


def _ticket(row: dict[str, Any], ids: dict[int, int]) -> TicketRow:
    channel = {"hotline": "phone"}.get(row["channel"], row["channel"])
    return TicketRow(
        external_id=f"S{row['ticket_id']}",
        customer=ids[row["customer_id"]],
        number=f"GD{row['ticket_id']:07d}",
        subject=row["subject"],
        content=row["text"] or "",
        channel=channel,
        ticket_class=_TICKET_CLASS[row["category"]],
        opened_at=_moment(row["opened_on"], row["opened_minute"]),
        closed_at=_moment(row["closed_on"], row["closed_minute"]) if row["closed_on"] else None,
        solution=ticket_solution(row["category"]) if row["closed_on"] else "",
        satisfaction=row["satisfaction"],
    )


def _complaint(row: dict[str, Any], ids: dict[int, int]) -> ComplaintRow:
    """A complaint; one that is closed holds what was found and answered, and that the customer accepts it."""
    taken_in = ComplaintRow(
        external_id=f"S{row['complaint_id']}", customer=ids[row["customer_id"]],
        number=f"TS{row['complaint_id']:07d}", content=row["text"], form=row["form"],
        received_at=_moment(row["received_on"], row["received_minute"]), closed_at=None, cause=row["cause"] or "",
        solution="",
    )  # fmt: skip
    if not row["closed_on"]:
        return taken_in
    closed = _moment(row["closed_on"], 17 * 60)
    answer = complaint_answer(row["cause"] or "")
    return taken_in._replace(
        closed_at=closed, answered_at=closed - dt.timedelta(hours=3), opinion="accepted",
        opinion_at=closed - dt.timedelta(hours=1), **answer._asdict(),
    )  # fmt: skip


def _moment(day: dt.date, minute: int) -> dt.datetime:
    return clock.start_of(day) + dt.timedelta(minutes=int(minute))


def _rows(table: Table | None) -> Iterator[dict[str, Any]]:
    """Rows of a columnar table as plain Python values; NaT and NaN become None."""
    if table is None:
        return
    columns = table.columns()
    lists = [_plain(values) for values in columns.values()]
    for row in zip(*lists, strict=True):
        yield dict(zip(columns, row, strict=True))


def _plain(values: Any) -> list[Any]:
    if np.issubdtype(values.dtype, np.floating):
        return [None if math.isnan(v) else v for v in values.tolist()]
    return list(values.tolist())
