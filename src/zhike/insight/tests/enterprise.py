"""A dozen customers written through the doors of the rooms, for tests of the night. As of 15 July 2026."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhike.customers.models import Customer, CustomerState, TimelineEntry
from zhike.customers.services.duplicates import ContactRow, CustomerRow
from zhike.customers.services.load import InteractionRow, customers_load, interactions_load
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import EventRow
from zhike.insight.models import MeasureHistory, ModelRun, NightRun, NightStep
from zhike.ledger import public as ledger
from zhike.retain.models import HealthFall, Warning
from zhike.segment.models import StrategyTask
from zhike.serve.public import ComplaintRow, TicketRow, complaints_load, tickets_load
from zhike.win.public import ContractRow, contracts_load

AS_OF = dt.date(2026, 7, 15)
NAMES = ("well", "stopped", "stopped with complaints", "use falls", "one complaint", "two complaints", "person", "lost",
         "rising", "new", "prospect", "gone quiet")  # fmt: skip
SECRET = {"name": "欧阳静宜", "phone": "13812345678", "email": "jingyi@example.com", "birthday": "1980-02-29"}
LOADER = system("test")


@dataclass(frozen=True)
class Enterprise:
    """The office and its customers by name."""

    office: Office
    ids: dict[str, int]

    def state(self, name: str) -> CustomerState:
        return CustomerState.objects.get(pk=self.ids[name])

    def warning(self, name: str) -> Warning | None:
        return Warning.objects.filter(customer_id=self.ids[name]).order_by("-id").first()


def founded(as_of: dt.date = AS_OF) -> Enterprise:
    """Write the enterprise into the database."""
    office = opened()
    owner = office.person("seller one")
    created = clock.start_of(as_of - dt.timedelta(days=900))
    rows = [
        CustomerRow(
            name, "person" if name == "person" else "firm",
            (SECRET if name == "person" else {"name": f"{name}有限公司", "industry": "C"})
            | {"cooperation_since": None if name == "prospect" else as_of - dt.timedelta(days=800)},
            owner_id=owner, created_at=created, contacts=[ContactRow({"name": "诸葛大力", "phone": "13987651234"})],
        )
        for name in NAMES
    ]  # fmt: skip
    ids = customers_load(viewer=LOADER, rows=rows, origin="sample").ids
    ledger.orders_load(viewer=LOADER, rows=list(_orders(ids, as_of)), origin="sample")
    ledger.usage_load(viewer=LOADER, rows=list(_usage(ids, as_of)))
    complaints_load(viewer=LOADER, rows=list(_complaints(ids, as_of)), origin="sample")
    tickets_load(viewer=LOADER, rows=[_ticket(ids["well"], as_of)], origin="sample")
    contracts_load(viewer=LOADER, rows=[_contract(ids["well"], as_of)], origin="sample")
    interactions_load(viewer=LOADER, rows=list(_talks(ids, as_of)), origin="sample")
    return Enterprise(office, ids)


def _orders(ids: dict[str, int], as_of: dt.date) -> Iterator[ledger.OrderRow]:
    last = {"stopped": 6, "stopped with complaints": 6, "lost": 13, "gone quiet": 4}
    for name, customer in ids.items():
        months = range(1, 3) if name == "new" else range(last.get(name, 0), 24)
        if name == "prospect":
            continue
        for ago in months:
            yuan = 60_000 if name == "rising" and ago < 4 else 15_000
            day = clock.months_before(as_of, ago)
            yield ledger.OrderRow(f"{customer}-{ago}", customer, f"DD{customer}-{ago}", day, yuan * 100, "CNY", "done")


def _usage(ids: dict[str, int], as_of: dt.date) -> Iterator[ledger.UsageRow]:
    for ago in range(1, 8):
        month = clock.months_before(as_of.replace(day=1), ago)
        for name in ("well", "use falls", "rising"):
            yield ledger.UsageRow(ids[name], month, 40 if name == "use falls" and ago == 1 else 50, 20)


def _complaints(ids: dict[str, int], as_of: dt.date) -> Iterator[ComplaintRow]:
    for name, count in (("one complaint", 1), ("two complaints", 2), ("stopped with complaints", 2)):
        for number in range(count):
            at = clock.start_of(as_of - dt.timedelta(days=30 + number))
            key = f"{ids[name]}-{number}"
            yield ComplaintRow(key, ids[name], f"TS{key}", "响应太慢", "spoken", at, at + dt.timedelta(days=3), "", "")


def _ticket(customer: int, as_of: dt.date) -> TicketRow:
    at = clock.start_of(as_of - dt.timedelta(days=60))
    return TicketRow("T1", customer, "GD1", "咨询", "", "phone", "", at, at + dt.timedelta(days=1), "", 5.0)


def _contract(customer: int, as_of: dt.date) -> ContractRow:
    starts, ends = as_of - dt.timedelta(days=200), as_of + dt.timedelta(days=400)
    return ContractRow("C1", customer, "HT1", "年度合同", starts, starts, ends, 100, "CNY")


def _talks(ids: dict[str, int], as_of: dt.date) -> Iterator[InteractionRow]:
    for name, customer in ids.items():
        if name == "lost":
            continue
        for ago in range(0, 180, 15):
            at = clock.start_of(as_of - dt.timedelta(days=ago)) + dt.timedelta(hours=10)
            yield InteractionRow(f"{customer}-{ago}", customer, None, "call", "out", at, "例行回访", "", "", None, "")


def outcome(*, as_of: dt.date | None = None) -> dict[str, Any]:
    """Everything that nights have written, without what differs between any two runs: numbers, uids and times."""
    names = dict(Customer.objects.values_list("pk", "external_id"))
    runs = NightRun.objects.filter(as_of=as_of) if as_of else NightRun.objects.all()
    skipped = {"id", "uid", "run_id", "customer_id", "started_at", "finished_at", "created_at", "updated_at", "version"}
    skipped.add("last_contact_at")  # of the moment at which the enterprise was founded, not of the night

    def plain(row: dict[str, Any]) -> dict[str, Any]:
        who = {"customer": names[row["customer_id"]]} if "customer_id" in row else {}
        return who | {key: value for key, value in row.items() if key not in skipped}

    def ordered(rows: Any) -> list[dict[str, Any]]:
        return sorted((plain(row) for row in rows.values()), key=lambda row: repr(sorted(row.items(), key=str)))

    news = ("insight.TierChanged", "insight.LifecycleChanged", "insight.NightFinished", "retain.WarningProposed",
            "retain.HealthFell")  # fmt: skip
    told = EventRow.objects.filter(name__in=news).order_by("id").values_list("name", "payload")
    numbers = {"run_id", "warning_id"}
    return {
        "runs": ordered(runs),
        "steps": ordered(NightStep.objects.filter(run__in=runs)),
        "models": ordered(ModelRun.objects.filter(run__in=runs)),
        "states": ordered(CustomerState.objects.all()),
        "history": ordered(MeasureHistory.objects.all()),
        "warnings": ordered(Warning.objects.all()),
        "events": sorted(
            (name, sorted((k, str(v)) for k, v in said.items() if k not in numbers)) for name, said in told
        ),
        "timeline": sorted(
            TimelineEntry.objects.filter(area__in=["strategy", "health"]).values_list("customer", "kind")
        ),
        "duties": Duty.objects.count(),
        "audited": Entry.objects.filter(action="warning.propose").count(),
    }


def forget_nights() -> None:
    """Put everything back to where no night had been."""
    NightRun.objects.all().delete()
    Warning.objects.all().delete()
    HealthFall.objects.all().delete()
    StrategyTask.objects.all().delete()
    Duty.objects.all().delete()
    EventRow.objects.all().delete()
    TimelineEntry.objects.filter(area__in=["strategy", "health"]).delete()
    unset = {
        field.name: field.get_default() if field.has_default() or not field.null else None
        for field in CustomerState._meta.concrete_fields
        if field.name not in ("customer", "owner_id", "team_id", "department_id", "deleted_at")
        and not field.name.startswith("ancestor")
    }
    CustomerState.objects.update(**unset)
