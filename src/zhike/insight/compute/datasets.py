"""One row per customer from each table of facts, as Ibis expressions: DuckDB aggregates, numpy decides."""

from __future__ import annotations

import itertools

import ibis
import ibis.expr.types as ir

from zhike.foundation.kit.money import exponent
from zhike.insight.compute.engine import Snapshot, day
from zhike.insight.compute.windows import Windows
from zhike.retain.rules.signals import MENTIONS


def within(column: ir.DateColumn, after: object, until: object) -> ir.BooleanColumn:
    """``after`` < column ≤ ``until``."""
    return (column > day(after)) & (column <= day(until))  # type: ignore[arg-type]


def purchases_by_day(orders: ir.Table) -> ir.Table:
    """Purchases of a customer on a day are one (as in the papers on repeat buying); ``orders`` are clean."""
    return orders.group_by("customer_id", "ordered_on").agg(
        net_minor=orders.net_minor.sum(),
        gross_minor=orders.net_minor.sum(where=orders.is_purchase),
        orders=orders.is_purchase.sum(),
        foreign=orders.is_foreign.sum(),
    )


def order_rows(orders: ir.Table, w: Windows) -> ir.Table:
    """Orders per customer, from :func:`purchases_by_day`. Money in minor units of the main currency."""
    days = purchases_by_day(orders)
    bought = days.orders > 0
    on = days.ordered_on
    now, before = within(on, w.order, w.as_of), within(on, w.order_before, w.order)
    steps = {
        f"step_{i}": days.net_minor.sum(where=within(on, start, end))
        for i, (end, start) in enumerate(itertools.pairwise(w.order_steps))
    }
    return days.group_by("customer_id").agg(
        order_count=days.orders.sum(),
        purchase_days=bought.sum(),
        first_order=on.min(where=bought),
        last_order=on.max(where=bought),
        spend_total=days.net_minor.sum(),
        gross_total=days.gross_minor.sum(),
        first_day_gross=days.gross_minor.argmin(on, where=bought),
        spend_year=days.net_minor.sum(where=within(on, w.year, w.as_of)),
        orders_year=days.orders.sum(where=within(on, w.year, w.as_of)),
        orders_year_before=days.orders.sum(where=within(on, w.year_before, w.year)),
        spend_now=days.net_minor.sum(where=now),
        spend_before=days.net_minor.sum(where=before),
        orders_now=days.orders.sum(where=now),
        orders_before=days.orders.sum(where=before),
        foreign_orders=days.foreign.sum(),
        **steps,
    )


def clean_orders(snapshot: Snapshot, w: Windows, currency: str) -> ir.Table | None:
    """Orders that count up to the as-of date: customer_id, ordered_on, net_minor, is_purchase, is_foreign.

    Cancelled orders do not count. A negative amount (return, credit) reduces spend and is no purchase; an
    order sent back counts as nothing. Without an order table won deals are the orders.
    """
    if snapshot.has("orders"):
        table = snapshot.tables["orders"]
        status = table.status if "status" in table.columns else ibis.literal("done")
        own = table.currency if "currency" in table.columns else ibis.literal(currency)
    elif snapshot.known("deals", "outcome") and snapshot.known("deals", "closed_on"):
        deals = snapshot.tables["deals"]
        table = deals.filter(deals.outcome == "won", deals.closed_on.notnull())
        value = table.value_minor.fill_null(0) if "value_minor" in table.columns else ibis.literal(0)
        table = table.mutate(ordered_on=table.closed_on, amount_minor=value)
        status, own = ibis.literal("done"), ibis.literal(currency)
    else:
        return None
    status, own = status.fill_null("done"), own.fill_null(currency)
    rate = own.cases(*_rates(snapshot, currency), else_=0.0)
    counts = ibis.cases(
        (status == "cancelled", 0),
        ((status == "returned") & (table.amount_minor > 0), 0),
        else_=table.amount_minor,
    )
    converted = ibis.cases((own == currency, counts), else_=(counts * rate).round().cast("int64"))
    cleaned = table.select(
        "customer_id",
        "ordered_on",
        net_minor=converted.cast("int64"),
        is_purchase=(status == "done") & (table.amount_minor >= 0),
        is_foreign=(own != currency) & (rate == 0.0) & (status != "cancelled"),
    )
    return cleaned.filter(cleaned.ordered_on <= day(w.as_of))


def _rates(snapshot: Snapshot, currency: str) -> list[tuple[str, float]]:
    return [(currency, 1.0)] + [
        (code, rate * 10 ** (exponent(currency) - exponent(code)))
        for code, rate in sorted(snapshot.rates.items())
        if code != currency
    ]


def main_currency(snapshot: Snapshot) -> tuple[str, dict[str, int]]:
    """The currency the measures are in, and how many orders each currency has.

    The snapshot's own currency where orders are in it, else the one most orders are in.
    """
    if not snapshot.known("orders", "currency"):
        return snapshot.currency, {}
    orders = snapshot.tables["orders"]
    stated = orders.filter(orders.currency.notnull())
    counted = stated.group_by("currency").agg(n=stated.count()).to_pyarrow()
    found = dict(zip(counted["currency"].to_pylist(), counted["n"].to_pylist(), strict=True))
    if not found or snapshot.currency in found:
        return snapshot.currency, found
    return max(found, key=lambda code: (found[code], code)), found


def bill_rows(bills: ir.Table, w: Windows) -> ir.Table:
    """The newest bill of the table's newest month, the one a month before, and the customer's own last."""
    bills = bills.filter(bills.period <= day(w.as_of))
    newest = bills.period.max().as_scalar()
    earlier = (newest - ibis.interval(months=1)).cast("date")
    return bills.group_by("customer_id").agg(
        bill_now=bills.amount_minor.sum(where=bills.period == newest),
        bill_before=bills.amount_minor.sum(where=bills.period == earlier),
        last_bill_minor=bills.amount_minor.argmax(bills.period),
        first_bill=bills.period.min(),
        last_bill=bills.period.max(),
    )


def usage_rows(usage: ir.Table, w: Windows) -> ir.Table:
    """Feature use and logins of the last full month and the one before; a month without a row is no use."""
    uses = usage.feature_uses if "feature_uses" in usage.columns else ibis.null("int64")
    logins = usage.logins if "logins" in usage.columns else ibis.null("int64")
    usage = usage.mutate(uses=uses, visits=logins).filter(usage.month <= day(w.as_of))
    now, before = usage.month == day(w.use_month), usage.month == day(w.use_month_before)
    month_end = (usage.month + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
    return usage.group_by("customer_id").agg(
        use_now=_or_zero(usage.uses, now),
        use_before=_or_zero(usage.uses, before),
        logins_now=_or_zero(usage.visits, now),
        logins_before=_or_zero(usage.visits, before),
        last_login=month_end.max(where=usage.visits.fill_null(usage.uses) > 0),
    )


def _or_zero(column: ir.IntegerColumn, where: ir.BooleanColumn) -> ir.IntegerScalar:
    known = column.count() > 0
    return ibis.ifelse(known, column.sum(where=where).fill_null(0), ibis.null("int64"))


def contract_rows(contracts: ir.Table, w: Windows) -> ir.Table:
    """First signature and last end of the contracts known on the day."""
    signed = next((c for c in ("signed_on", "starts_on") if c in contracts.columns), None)
    start = contracts[signed] if signed else ibis.null("date")
    contracts = contracts.mutate(begun=start)
    contracts = contracts.filter(contracts.begun.isnull() | (contracts.begun <= day(w.as_of)))
    return contracts.group_by("customer_id").agg(
        contract_first=contracts.begun.min(), contract_end=contracts.ends_on.max(), contracts=contracts.count()
    )


def ticket_rows(tickets: ir.Table, w: Windows) -> ir.Table:
    """Tickets open too long, and the satisfaction stated for those of the complaint window."""
    tickets = tickets.filter(tickets.opened_on <= day(w.as_of))
    closed = tickets.closed_on if "closed_on" in tickets.columns else ibis.null("date")
    stated = tickets.satisfaction if "satisfaction" in tickets.columns else ibis.null("float64")
    tickets = tickets.mutate(closed=closed, stated=stated)
    late = _late(tickets.opened_on, tickets.closed, w)
    return tickets.group_by("customer_id").agg(
        late_tickets=late.sum(),
        oldest_ticket=tickets.opened_on.min(where=late),
        satisfaction=tickets.stated.mean(where=within(tickets.opened_on, w.complaint, w.as_of)).round(4),
    )


def complaint_rows(complaints: ir.Table, w: Windows) -> ir.Table:
    """Complaints of the window and the one before, and those open too long."""
    complaints = complaints.filter(complaints.received_on <= day(w.as_of))
    closed = complaints.closed_on if "closed_on" in complaints.columns else ibis.null("date")
    complaints = complaints.mutate(closed=closed)
    on = complaints.received_on
    late = _late(on, complaints.closed, w)
    return complaints.group_by("customer_id").agg(
        complaints_now=within(on, w.complaint, w.as_of).sum(),
        complaints_before=within(on, w.complaint_before, w.complaint).sum(),
        late_complaints=late.sum(),
        oldest_complaint=on.min(where=late),
    )


def _late(opened: ir.DateColumn, closed: ir.DateColumn, w: Windows) -> ir.BooleanColumn:
    return (opened <= day(w.overdue)) & (closed.isnull() | (closed > day(w.as_of)))


def interaction_rows(interactions: ir.Table, w: Windows) -> ir.Table:
    """Contacts of the window and the one before, those the customer began, and what the customer named."""
    table = interactions.filter(interactions.on <= day(w.as_of))
    direction = table.direction if "direction" in table.columns else ibis.null("string")
    named = table.mentions if "mentions" in table.columns else ibis.null("string")
    table = table.mutate(began=(direction == "in").fill_null(False), named=named)
    on, recent = table.on, within(table.on, w.mention, w.as_of)
    mentions = {f"mention_{what}": (recent & (table.named == what)).sum() for what in MENTIONS}
    return table.group_by("customer_id").agg(
        contacts_now=within(on, w.contact, w.as_of).sum(),
        contacts_before=within(on, w.contact_before, w.contact).sum(),
        last_contact=on.max(),
        contacts_in=(table.began & within(on, w.interest, w.as_of)).sum(),
        inquiries=(table.began & within(on, w.inquiry, w.as_of)).sum(),
        **mentions,
    )


def deal_rows(deals: ir.Table, w: Windows) -> ir.Table:
    """Whether a deal is open, when the last one began, and how many began within the inquiry window."""
    deals = deals.filter(deals.opened_on.isnull() | (deals.opened_on <= day(w.as_of)))
    outcome = deals.outcome if "outcome" in deals.columns else ibis.null("string")
    deals = deals.mutate(result=outcome)
    return deals.group_by("customer_id").agg(
        open_deals=deals.result.isnull().sum(),
        last_deal=deals.opened_on.max(),
        deals_begun=within(deals.opened_on, w.inquiry, w.as_of).sum(),
    )
