"""The columns of the sample company. One frozen dataclass per table; every field is an array with one entry per row.

Ids count from 1 through the whole company. Money is integer minor units (分, CNY). Days are ``datetime64[D]``,
``NaT`` where there is none. Minutes are minutes of the local day (Asia/Shanghai). A missing id is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from zhike.sample.draws import BoolArray, DayArray, FloatArray, IntArray, TextArray

CURRENCY = "CNY"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length."""

    @property
    def rows(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def __len__(self) -> int:
        return self.rows

    def columns(self) -> dict[str, NDArray[Any]]:
        """Column by name, in the declared order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, where: NDArray[Any]) -> Self:
        """The rows at ``where`` (indices or a mask)."""
        return type(self)(**{name: column[where] for name, column in self.columns().items()})

    def changed(self, **columns: Any) -> Self:
        """The same table with some columns replaced."""
        return type(self)(**(self.columns() | columns))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All rows of ``parts``, in order."""
        if len(parts) == 1:
            return parts[0]
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True, eq=False)
class Customers(Table):
    """Firms and persons. Fields that one kind does not have hold None, 0 or NaT."""

    customer_id: IntArray
    kind: TextArray  # firm | person
    name: TextArray
    short_name: TextArray  # firms
    credit_code: TextArray  # 统一社会信用代码, firms
    id_type: TextArray  # resident_id, some persons
    id_number: TextArray
    birthday: DayArray  # persons
    gender: TextArray  # male | female, persons
    phone: TextArray  # persons; firms are reached through their contacts
    email: TextArray
    website: TextArray  # firms
    industry_code: TextArray  # GB/T 4754 section and division, e.g. C34; firms
    industry: TextArray
    staff_count: IntArray
    yearly_revenue_minor: IntArray
    region_code: TextArray  # GB/T 2260, six digits of the city
    province: TextArray
    city: TextArray
    district: TextArray
    address: TextArray
    owner_id: IntArray  # staff_id
    department_id: IntArray
    channel: TextArray  # how they came to us
    cooperation_since: DayArray  # NaT before the first deal
    created_on: DayArray  # when the file was opened
    needs: TextArray
    prefers_custom: BoolArray
    satisfaction: FloatArray  # 1 to 5, NaN when never asked
    is_signed: BoolArray


@dataclass(frozen=True, eq=False)
class Contacts(Table):
    """People at firms."""

    contact_id: IntArray
    customer_id: IntArray
    name: TextArray
    gender: TextArray
    title: TextArray
    role: TextArray  # decider | influencer | user
    phone: TextArray
    email: TextArray
    is_primary: BoolArray


@dataclass(frozen=True, eq=False)
class Orders(Table):
    """Amounts are the sum of the lines; a return is an order of its own with a negative amount."""

    order_id: IntArray
    customer_id: IntArray
    number: TextArray
    ordered_on: DayArray
    amount_minor: IntArray
    status: TextArray  # done | cancelled | returned
    returns_order_id: IntArray  # the order given back, 0 otherwise


@dataclass(frozen=True, eq=False)
class OrderLines(Table):
    line_id: IntArray
    order_id: IntArray
    line_no: IntArray
    product_id: IntArray
    quantity: IntArray  # negative on a return
    unit_price_minor: IntArray
    discount_bp: IntArray  # hundredths of a per cent
    amount_minor: IntArray  # quantity × price × (1 − discount), rounded down to the fen


@dataclass(frozen=True, eq=False)
class Subscriptions(Table):
    subscription_id: IntArray
    customer_id: IntArray
    product_id: IntArray
    quantity: IntArray
    monthly_fee_minor: IntArray
    starts_on: DayArray
    ends_on: DayArray  # NaT while it runs


@dataclass(frozen=True, eq=False)
class Bills(Table):
    bill_id: IntArray
    customer_id: IntArray
    subscription_id: IntArray
    period: DayArray  # first day of the month billed
    amount_minor: IntArray
    due_on: DayArray
    paid_on: DayArray  # NaT while unpaid


@dataclass(frozen=True, eq=False)
class Payments(Table):
    payment_id: IntArray
    customer_id: IntArray
    bill_id: IntArray  # one of bill_id and order_id is 0
    order_id: IntArray
    paid_on: DayArray
    amount_minor: IntArray
    method: TextArray  # bank_transfer | alipay | wechat_pay | direct_debit | acceptance_draft


@dataclass(frozen=True, eq=False)
class Contracts(Table):
    contract_id: IntArray
    customer_id: IntArray
    number: TextArray
    title: TextArray
    signed_on: DayArray
    starts_on: DayArray
    ends_on: DayArray
    value_minor: IntArray
    renews_contract_id: IntArray  # the term before, 0 for a first contract
    is_auto_renewed: BoolArray


@dataclass(frozen=True, eq=False)
class UsageMonths(Table):
    """Every month with a running subscription; the first and the last month may be partial."""

    customer_id: IntArray
    month: DayArray
    feature_uses: IntArray
    logins: IntArray


@dataclass(frozen=True, eq=False)
class UsageDays(Table):
    """The last months day by day; days without any use are left out. Sums equal those of UsageMonths."""

    customer_id: IntArray
    day: DayArray
    feature_uses: IntArray
    logins: IntArray


@dataclass(frozen=True, eq=False)
class Tickets(Table):
    ticket_id: IntArray
    customer_id: IntArray
    opened_on: DayArray
    opened_minute: IntArray
    closed_on: DayArray  # NaT while open
    closed_minute: IntArray
    channel: TextArray  # hotline | web | email | app | chat | wechat | counter
    category: TextArray  # technical | question | change | billing | install
    subject: TextArray
    text: TextArray
    handler_id: IntArray  # staff_id
    satisfaction: FloatArray  # 1 to 5, NaN when not given


@dataclass(frozen=True, eq=False)
class Complaints(Table):
    complaint_id: IntArray
    customer_id: IntArray
    received_on: DayArray
    received_minute: IntArray
    closed_on: DayArray
    form: TextArray  # spoken | written | online
    cause: TextArray  # price | slow_response | quality | service | other
    text: TextArray
    handler_id: IntArray


@dataclass(frozen=True, eq=False)
class Interactions(Table):
    interaction_id: IntArray
    customer_id: IntArray
    contact_id: IntArray  # 0 for persons
    staff_id: IntArray
    on: DayArray
    minute: IntArray
    kind: TextArray  # call | visit | email | wechat | meeting | chat | inquiry
    direction: TextArray  # in | out
    note: TextArray
    mentions: TextArray  # competitor | price | slow_response | budget_cut | reorganisation | None


@dataclass(frozen=True, eq=False)
class Deals(Table):
    deal_id: IntArray
    customer_id: IntArray
    owner_id: IntArray
    title: TextArray
    opened_on: DayArray
    closed_on: DayArray
    stage: TextArray  # potential | intent | solution | negotiation | signed | lost
    outcome: TextArray  # won | lost | None
    value_minor: IntArray


@dataclass(frozen=True, eq=False)
class Truth(Table):
    """What we planted. Never loaded into the product: only tests and benches look here."""

    customer_id: IntArray
    archetype: TextArray
    cause: TextArray  # price | slow_response | budget_cut | usage | silent | None
    decline_began: DayArray
    will_leave: BoolArray
    expected_tier: TextArray  # high | core | low | None before the first order
    expected_lifecycle: TextArray
    signals: TextArray  # tuple of codes per customer
    edge: TextArray  # D4 case reproduced here, "" for everybody else
    spend_12m_minor: IntArray
