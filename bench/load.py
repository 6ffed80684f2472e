"""Many customers, quickly: what ``customers_load`` and a night write, in blocks by COPY and without the indexes.

    .venv/bin/python bench/load.py 1000000            PostgreSQL, in the cluster of bench/cluster.py
    .venv/bin/python bench/load.py 200000 --sqlite

Rows come from the sample company and pass the same functions as a real load: normal form, masks, vault, search tokens.
What is left out are the look for duplicates, audit and event. Each firm has a contact or two. Measures are plausible
and drawn from the orders of the sample; each customer has five lines on the timeline and three orders.
A loaded database is kept and used again; the file ``loaded`` beside its keys says that it is whole.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import cluster  # noqa: E402

SEED = 7
LINES, ORDERS = 5, 3
PROCESSES = 2
FINDERS = ("name", "phone", "email")
TABLES = (
    "customers_customer", "customers_contact", "customers_customerstate", "customers_timelineentry", "ledger_order",
    "search_document",
)  # fmt: skip


def environment(customers: int, *, sqlite: bool) -> dict[str, str]:
    """The environment in which Zhike runs on that database."""
    home = cluster.FOLDER / f"{'sqlite' if sqlite else 'pg'}-{customers}"
    home.mkdir(parents=True, exist_ok=True)
    url = "" if sqlite else f"{cluster.start()}bench_{customers}"
    return {
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
        "ZHIKE_ENV": "dev",
        "ZHIKE_HOME": str(home),
        "ZHIKE_DATABASE_URL": url,
        "ZHIKE_LANG": "zh",
    }


def ready(customers: int, *, sqlite: bool) -> dict[str, str]:
    """Load unless it is loaded already; the environment of the database."""
    settings = environment(customers, sqlite=sqlite)
    if not (Path(settings["ZHIKE_HOME"]) / "loaded").exists():
        command = [sys.executable, __file__, str(customers), *(["--sqlite"] if sqlite else [])]
        if os.spawnv(os.P_WAIT, sys.executable, command):
            raise SystemExit("the load failed")
    else:
        # It may stand from before the last change of the schema.
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        if os.spawnve(os.P_WAIT, sys.executable, command, os.environ | settings):
            raise SystemExit("the schema of the loaded database could not be brought up to date")
    return settings


def load(customers: int, *, sqlite: bool) -> None:
    """Make the database anew and fill it."""
    settings = environment(customers, sqlite=sqlite)
    os.environ.update(settings)
    _empty_database(settings)
    import django

    django.setup()
    from zhike.foundation.kit import schema

    schema.bring_up_to_date()
    as_of = dt.datetime.now().astimezone().date()
    from zhike.sample.public import stream

    say = _Stopwatch()
    indexes = _drop_indexes()
    blocks = stream(customers, SEED, as_of=as_of, lean=True)
    first = next(blocks)
    staff = _organisation(first)
    work = (_Block.of(company) for company in _chain(first, blocks))
    start = (settings, staff, as_of)
    if sqlite:
        _begin(*start)
        done = map(_write, work)
    else:
        done = multiprocessing.get_context("spawn").Pool(PROCESSES, _begin, start).imap_unordered(_write, work)
    count = 0
    for rows in done:
        count += rows
        say(f"{count:,} customers")
    _history(say)
    _finish(indexes, say)
    (Path(settings["ZHIKE_HOME"]) / "loaded").write_text(json.dumps({"customers": count, "as_of": str(as_of)}))


class _Stopwatch:
    def __init__(self) -> None:
        self.started = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"{time.monotonic() - self.started:7.1f} s  {what}", file=sys.stderr, flush=True)


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _empty_database(settings: dict[str, str]) -> None:
    home, url = Path(settings["ZHIKE_HOME"]), settings["ZHIKE_DATABASE_URL"]
    (home / "loaded").unlink(missing_ok=True)
    for left in home.glob("zhike.sqlite3*"):
        left.unlink()
    if url:
        import psycopg

        server, name = url.rsplit("/", 1)
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")


def _drop_indexes() -> list[str]:
    """Drop the indexes that no constraint needs; the statements that make them again."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) AND i.indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [list(TABLES)],
        )
        found = cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


def _organisation(company: Any) -> dict[int, int]:
    """The sample company's people; their database ids by sample id. Nobody has to change a password."""
    from zhike.foundation.access.models import Person
    from zhike.sample.services.organisation import organisation_load

    made = organisation_load(departments=company.departments, staff=company.staff, language="zh-hans")
    Person.objects.update(must_change_password=False)
    return made.staff


class _Block:
    """Ten thousand customers with what is known of their orders; small enough to send to another process."""

    def __init__(self, columns: dict[str, Any], orders: dict[int, tuple[Any, ...]]) -> None:
        self.columns, self.orders = columns, orders

    @classmethod
    def of(cls, company: Any) -> _Block:
        orders = company.orders
        done = orders.status == "done"
        who, on, amount = orders.customer_id[done], orders.ordered_on[done], orders.amount_minor[done]
        order = np.lexsort((on, who))
        who, on, amount = who[order], on[order], amount[order]
        ids, starts = np.unique(who, return_index=True)
        ends = np.append(starts[1:], len(who))
        year_ago = np.datetime64(company.as_of, "D") - 365
        known = {
            int(one): (int(b - a), on[a].item(), on[b - 1].item(), int(amount[a:b].sum()),
                       int(amount[a:b][on[a:b] >= year_ago].sum()))
            for one, a, b in zip(ids, starts, ends, strict=True)
        }  # fmt: skip
        return cls(company.customers.columns(), known)


_STAFF: dict[int, int] = {}
_PLACES: dict[int, Any] = {}
_HOMES: dict[int, int | None] = {}
_AS_OF = dt.date.min


def _begin(settings: dict[str, str], staff: dict[int, int], as_of: dt.date) -> None:
    """Make a process ready to write blocks."""
    global _AS_OF
    os.environ.update(settings)
    import django

    django.setup()
    from django.db import connection

    from zhike.foundation.access.models import Department, Person

    _AS_OF = as_of
    _STAFF.update(staff)
    _PLACES.update({d.pk: d for d in Department.objects.all()})
    _HOMES.update(Person.objects.values_list("pk", "department_id"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # References are right by construction: checking them would double the time.
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")


def _write(block: _Block) -> int:
    """Write one block: customers, contacts, states, vault, search documents."""
    from django.db import transaction

    from zhike.customers.models import Contact, Customer, CustomerState
    from zhike.foundation.crypto import vault

    customers, contacts, secrets, docs = _rows(block)
    with transaction.atomic():
        _copy(Customer, customers)
        _copy(Contact, contacts)
        _copy(CustomerState, [_state(c, block.orders.get(c.pk)) for c in customers])
        vault.store({uid: values for uid, values in secrets.items() if values})
        _documents(docs)
    return len(customers)


def _rows(block: _Block) -> tuple[list[Any], list[Any], dict[Any, dict[str, str]], dict[int, set[str]]]:
    from types import SimpleNamespace

    from zhike.customers.services import checking, indexing, load
    from zhike.customers.services.duplicates import Checked
    from zhike.foundation.access.viewer import system
    from zhike.sample.services import load as sample
    from zhike.sample.services.load import _plain

    organisation: Any = SimpleNamespace(staff=_STAFF)
    lists = [_plain(values) for values in block.columns.values()]
    given = [dict(zip(block.columns, row, strict=True)) for row in zip(*lists, strict=True)]
    draw = np.random.default_rng([SEED, given[0]["customer_id"]])
    people = _people(draw, given)
    viewer, secrets = system("bench"), {}
    customers, contacts, docs = [], [], {}
    for row in given:
        made = sample._customer(row, [], organisation)
        clean, problems = checking.customer_values(made.kind, made.values, is_new=True)
        if problems:
            raise ValueError(f"{row['customer_id']}: {problems}")
        customer = load._customer(Checked(made, clean, ()), row["customer_id"], "sample", viewer, secrets)
        customer.pk = row["customer_id"]
        _place(customer)
        mine = [load._contact(customer, one, "sample", viewer, secrets) for one in people.get(customer.pk, ())]
        customers.append(customer)
        contacts += mine
        opened = {p.uid: {k: secrets[p.uid].get(k, "") for k in FINDERS} for p in (customer, *mine) if p.uid in secrets}
        docs[customer.pk] = indexing._tokens(customer, list(opened), opened)
    for number, contact in enumerate(contacts):
        contact.pk = customers[0].pk * 4 + number
    return customers, contacts, secrets, docs


def _people(draw: Any, given: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """A contact for each firm, two for three firms in ten."""
    from zhike.customers.services import checking
    from zhike.sample.names import person_names
    from zhike.sample.numbers import mobile_numbers

    firms = np.array([row["customer_id"] for row in given if row["kind"] == "firm"], np.int64)
    owners = np.sort(np.concatenate([firms, firms[draw.random(len(firms)) < 0.3]]))
    names, spelled = person_names(draw, draw.integers(2, size=len(owners)))
    second = np.append(False, owners[1:] == owners[:-1])
    phones = mobile_numbers(owners * 5 + 1 + second)
    found: dict[int, list[dict[str, Any]]] = {}
    for customer, name, pinyin, phone, more in zip(
        owners.tolist(), names.tolist(), spelled.tolist(), phones.tolist(), second.tolist(), strict=True
    ):
        values = {"name": name, "title": "采购经理", "phone": phone, "email": f"{pinyin}@c{customer}.example.com",
                  "decision_role": "user" if more else "decider", "is_primary": not more}  # fmt: skip
        found.setdefault(customer, []).append(checking.contact_values(values, is_new=True)[0])
    return found


def _place(customer: Any) -> None:
    customer.department_id = _HOMES.get(customer.owner_id)
    place = _PLACES.get(customer.department_id)
    for level in (1, 2, 3):
        setattr(customer, f"ancestor_{level}", getattr(place, f"ancestor_{level}_id") if place else None)


def _state(customer: Any, orders: tuple[Any, ...] | None) -> Any:
    """What a night would say, roughly; the same for the same customer."""
    from zhike.customers.models import CustomerState

    draw = np.random.default_rng([SEED, 1, customer.pk])
    scoped = ("owner_id", "team_id", "department_id", "ancestor_1", "ancestor_2", "ancestor_3", "created_at")
    state = CustomerState(customer_id=customer.pk, **{column: getattr(customer, column) for column in scoped})
    state.as_of, state.model_version = _AS_OF, "bench"
    health = round(float(np.clip(draw.normal(68, 18), 0, 100)), 1)
    if orders is None:
        state.lifecycle, state.tier = "potential", "low"
        return state
    count, first, last, total, year = orders
    idle = (_AS_OF - last).days
    state.order_count, state.first_order_on, state.last_order_on = count, first, last
    state.spend_total_minor, state.spend_12m_minor, state.avg_order_minor = total, year, total // count
    state.tier = "high" if year > 30_000_000 else "core" if year > 3_000_000 else "low"
    stages = ((365, "lost"), (180, "dormant"), (90, "at_risk"), (0, "active"))
    state.lifecycle = next(stage for days, stage in stages if idle >= days)
    state.health = state.health_before = None if draw.random() < 0.1 else health
    state.risk = "high" if health < 40 else "medium" if health < 55 else "low"
    state.clv_handbook_minor = state.clv_fitted_minor = int(year * draw.lognormal(1, 0.4))
    state.rfm, state.potential = "333", round(float(draw.random()), 3)
    state.reasons = {"tier": [{"code": "spend", "amount": year}], "health": [{"code": "orders", "points": 20}]}
    return state


def _copy(model: Any, made: list[Any]) -> None:
    from zhike.foundation.kit import bulk

    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    bulk.upsert(model, [field.name for field in fields], ([getattr(one, n) for n in names] for one in made))


def _documents(docs: dict[int, set[str]]) -> None:
    from zhike.foundation import search

    ids = list(docs)
    for start in range(0, len(ids), 4_000):
        search.index("customer", {pk: docs[pk] for pk in ids[start : start + 4_000]})


_TALK = json.dumps(
    {"interaction_kind": "call", "direction": "out", "feedback": "客户询问交付时间，表示满意。",
     "change_in_needs": "", "next_action": "下周回访", "next_on": ""}
)  # fmt: skip


def _history(say: _Stopwatch) -> None:
    """Timeline and orders, by the database itself; the lines of one customer do not stand side by side."""
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    uid = "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"
    chance = "(abs(random()) % 1000) / 1000.0" if is_sqlite else "random()"

    def ago(days: str) -> str:
        return f"datetime('now', '-' || ({days}) || ' days')" if is_sqlite else f"now() - ({days}) * interval '1 day'"

    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for number in range(LINES):
            cursor.execute(
                "INSERT INTO customers_timelineentry (uid, customer_id, at, area, kind, words, actor_id, subject_kind,"
                f" is_contact) SELECT {uid}, id, {ago(f'{number * 20} + 20 * {chance}')}, 'timeline', 'interaction',"
                f" %s, owner_id, 'interactions', {'1' if is_sqlite else 'true'} FROM customers_customer",
                [_TALK],
            )
        cursor.execute(
            "UPDATE customers_customerstate SET last_contact_at = (SELECT max(at) FROM customers_timelineentry e"
            " WHERE e.customer_id = customers_customerstate.customer_id)"
        )
        say("timeline")
        for number in range(ORDERS):
            day = f"date({ago(str(number * 30))})"
            cursor.execute(
                "INSERT INTO ledger_order (uid, version, origin, external_id, created_at, updated_at, customer_id,"
                f" number, ordered_on, amount_minor, currency, status) SELECT {uid}, 1, 'sample', '',"
                f" {ago('0')}, {ago('0')}, id, 'B{number}' || id, {day}, 100000 + id % 900000, 'CNY', 'done'"
                " FROM customers_customer"
            )
        say("orders")


def _finish(indexes: list[str], say: _Stopwatch) -> None:
    """Indexes, sequences, statistics."""
    from django.db import connection

    from zhike.foundation.search import storage

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers_numberseries SET next = (SELECT max(id) + 1 FROM customers_customer)")
            cursor.execute(
                "INSERT INTO customers_numberseries (name, next) SELECT 'customer', max(id) + 1 FROM"
                " customers_customer WHERE true ON CONFLICT (name) DO UPDATE SET next = excluded.next"
            )
            cursor.execute("ANALYZE")
        storage.settle(connection)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_numberseries (name, next) SELECT 'customer', max(id) + 1 FROM customers_customer"
            " ON CONFLICT (name) DO UPDATE SET next = excluded.next"
        )
        for statement in indexes:
            cursor.execute(statement)
            say(statement.split(" ON ")[0])
        for table in ("customers_customer", "customers_contact"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("VACUUM ANALYZE")
    storage.settle(connection)
    say("vacuum, analyze")


def main() -> None:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("customers", type=int)
    parser.add_argument("--sqlite", action="store_true")
    asked = parser.parse_args()
    load(asked.customers, sqlite=asked.sqlite)


if __name__ == "__main__":
    main()
