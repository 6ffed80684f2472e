"""An import killed with signal 9 and started again gives exactly the same base."""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import pytest

from zhike.customers.models import Contact, Customer, CustomerState
from zhike.customers.models.series import NumberSeries
from zhike.customers.services import personal
from zhike.customers.tests.office import Office, opened
from zhike.foundation.crypto import vault
from zhike.foundation.imports import services, work
from zhike.foundation.imports.models import Import, PieceState, State
from zhike.foundation.imports.plan import Plan
from zhike.foundation.imports.tests.drive import brought, proposal
from zhike.foundation.outbox.tests.processes import spawn

pytestmark = pytest.mark.django_db(transaction=True)
# The child dies from outside, in the middle of the transaction of a piece or just after it.
CHILD = """
import os, signal
from zhike.foundation.imports import work
from zhike.foundation.imports.models import Import

place, where = int(os.environ["PLACE"]), os.environ["WHERE"]
keep, write = work._keep, work._write
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def dying_keep(context, piece, *rest):
    keep(context, piece, *rest)
    if where == "in" and piece.place == place:
        die()
def dying_write(context, piece):
    write(context, piece)
    if where == "after" and piece.place == place:
        die()
work._keep, work._write = dying_keep, dying_write
work.run(Import.objects.select_related("person__department").get(uid=os.environ["UID"]))
"""

UNDISTURBED = """
import os
from zhike.foundation.imports import work
from zhike.foundation.imports.models import Import

work.run(Import.objects.select_related("person__department").get(uid=os.environ["UID"]))
"""


def rows(count: int) -> str:
    lines = ["客户编号,客户名称,客户类型,手机号,员工人数"]
    for n in range(count):
        if n % 7 == 3:
            lines.append(f"P{n},欧阳{n},个人,138{n:08d},")
        elif n % 11 == 5:
            lines.append(f"F{n},宁波{n}号公司,企业,,很多")
        else:
            lines.append(f"F{n},杭州{n}号机械厂,企业,,{n % 90}")
    return "\n".join(lines) + "\n"


def outcome() -> list[Any]:
    """What the base holds, without what differs from one course to the next: uids and times."""
    columns = ("external_id", "number", "name", "kind", "staff_count", "owner_id", "version", "origin")
    found = list(Customer.objects.order_by("number").values_list(*columns))
    persons = dict(Customer.objects.filter(kind="person").values_list("uid", "number"))
    whole = vault.open_values(list(persons), personal.PERSONAL)
    secrets = sorted((persons[uid], sorted(values.items())) for uid, values in whole.items())
    return [found, secrets, CustomerState.objects.count(), Contact.objects.count()]


def ready(office: Office, count: int) -> Import:
    """A file that was tried out and is being written."""
    seller = office.viewer("seller one")
    made = brought(seller, "customers", rows(count))
    services.import_map(viewer=seller, uid=made.uid, plan=Plan(proposal(seller, made), key="number"))
    work.check(Import.objects.select_related("person__department").get(uid=made.uid))
    services.import_run(viewer=seller, uid=made.uid)
    return Import.objects.select_related("person__department").get(uid=made.uid)


def killed(made: Import, place: int, where: str) -> None:
    child = spawn(CHILD, PLACE=str(place), WHERE=where, UID=str(made.uid), LANG="C.UTF-8", **_clock())
    _out, errors = child.communicate(timeout=570)
    assert child.returncode == -signal.SIGKILL, errors.decode()[-2000:]


def _clock() -> dict[str, str]:
    given = os.environ.get("ZHIKE_CLOCK_FILE")
    return {"ZHIKE_CLOCK_FILE": given} if given else {}


def same_base(office: Office, count: int, deaths: list[tuple[int, str]]) -> None:
    undisturbed = ready(office, count)
    work.run(undisturbed)
    undisturbed.refresh_from_db()
    expected, report = outcome(), (undisturbed.counts, undisturbed.report)
    everything_away()

    made = ready(office, count)
    for place, where in deaths:
        killed(made, place, where)
        made.refresh_from_db()
        assert made.state == State.RUNNING
        assert made.pieces.filter(state=PieceState.DONE).count() == place + (1 if where == "after" else 0)
    work.run(Import.objects.select_related("person__department").get(uid=made.uid))

    made.refresh_from_db()
    assert made.state == State.DONE
    assert outcome() == expected
    assert (made.counts, made.report) == report
    assert made.report["agrees"]


def everything_away() -> None:
    CustomerState.objects.all().delete()
    Customer.objects.all().delete()
    Import.objects.all().delete()
    NumberSeries.objects.all().delete()


@pytest.mark.requirement("PLAT-05", proof="rule")
def test_two_thousand_rows_killed_in_the_middle_and_between_give_the_same_base() -> None:
    same_base(opened(), 2_000, [(0, "after"), (1, "in")])


@pytest.mark.slow
@pytest.mark.requirement("PLAT-05", proof="rule")
def test_five_thousand_rows_killed_at_three_points_give_the_same_base() -> None:
    same_base(opened(), 5_000, [(0, "in"), (2, "after"), (4, "in")])


@pytest.mark.bars
def test_a_hundred_thousand_rows_killed_at_ten_points_give_the_same_base() -> None:
    places = sorted(random.Random(5).sample(range(100), 10))
    same_base(opened(), 100_000, [(place, "in" if n % 2 else "after") for n, place in enumerate(places)])


def test_two_who_import_the_same_file_make_each_customer_once() -> None:
    office = opened()
    first = ready(office, 300)
    lead = office.viewer("lead one")
    second = brought(lead, "customers", rows(300))
    services.import_map(viewer=lead, uid=second.uid, plan=Plan(proposal(lead, second), key="number"))
    work.check(Import.objects.select_related("person__department").get(uid=second.uid))
    services.import_run(viewer=lead, uid=second.uid)

    children = [spawn(UNDISTURBED, UID=str(made.uid), **_clock()) for made in (first, second)]
    for child in children:
        _out, errors = child.communicate(timeout=570)
        assert child.returncode == 0, errors.decode()[-2000:]

    good = 300 - sum(1 for n in range(300) if n % 7 != 3 and n % 11 == 5)
    assert Customer.objects.count() == good
    for made in (first, second):
        made.refresh_from_db()
    taken = [made.counts["new"] for made in (first, second)]
    assert sum(taken) == good
    assert all(made.counts["read"] == 300 for made in (first, second))
