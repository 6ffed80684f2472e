"""What a customer who went away used to buy: the last year of orders, by currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.ledger.models import Order
from zhike.ledger.models.order import OrderStatus

_CHUNK = 500
_YEAR = 12  # months


def last_year_spent(viewer: Viewer, until: Mapping[int, dt.date]) -> dict[int, dict[str, int]]:
    """What customers (by number, already seen) spent in the year that ended with their last order before a day.

    Minor units by currency. Cancelled orders do not count; a return is an order of a negative amount and reduces the
    sum. Nothing is said of a customer without orders. Raises: Forbidden.
    """
    viewer.require(Area.ORDERS, Level.BASIC)
    found: dict[int, dict[str, int]] = {}
    customers = sorted(until)
    for place in range(0, len(customers), _CHUNK):
        _add(found, {pk: until[pk] for pk in customers[place : place + _CHUNK]})
    return found


def _add(found: dict[int, dict[str, int]], until: Mapping[int, dt.date]) -> None:
    rows = Order.objects.filter(
        customer_id__in=list(until), ordered_on__lt=max(until.values()), deleted_at=None
    ).exclude(status=OrderStatus.CANCELLED)
    begins: dict[int, dt.date] = {}
    columns = rows.order_by("customer_id", "-ordered_on", "-id")
    for customer, day, currency, minor in columns.values_list(
        "customer_id", "ordered_on", "currency", "amount_minor"
    ).iterator(chunk_size=2000):
        if day >= until[customer]:
            continue
        if day > begins.setdefault(customer, clock.months_before(day, _YEAR)):
            held = found.setdefault(customer, {})
            held[currency] = held.get(currency, 0) + minor
