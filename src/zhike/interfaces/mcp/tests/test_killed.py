"""The process of an assistant, killed with signal 9 in the middle of a change and after it: done once or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.audit.models import Entry
from zhike.interfaces.mcp.tests.assistants import assistant, secret_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> Office:
    return opened()


def program(where: str) -> str:
    """An assistant's server that dies in the transaction of a confirmed change ("in") or just "after" it."""
    return f"""
import os, signal, sys
from zhike.interfaces.cli.main import main
sys.argv = ["zhike", "mcp"]
import django
django.setup()
from zhike.foundation import audit
from zhike.interfaces.mcp.calls import Caller
ask, record, confirmed = Caller.ask, audit.record, []
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def dying_ask(self, *given, once="", **named):
    confirmed[:] = [once] if once else []
    answer = ask(self, *given, once=once, **named)
    if once and {where!r} == "after":
        die()
    return answer
def dying_record(*given, **named):
    record(*given, **named)
    if confirmed and {where!r} == "in":
        die()
Caller.ask, audit.record = dying_ask, dying_record
main()
"""


def once_killed(secret: str, where: str, **change: Any) -> None:
    """Ask for a change and confirm it; the process dies of it."""
    with assistant(secret, program(where)) as mate:
        code = mate.call("update", **change)["code"]
        mate.lost("confirm", code=code)


def changed_through_deaths(office: Office, rounds: int) -> None:
    firm = office.firm("seller one", name="嘉兴南湖泵业有限公司")
    secret = secret_of(office.people["seller one"], reads_only=False)
    for number in range(rounds):
        firm.refresh_from_db()
        change = {
            "kind": "customers", "uid": str(firm.uid), "version": firm.version,
            "values": {"short_name": f"南湖{number}"},
        }  # fmt: skip
        before = (firm.short_name, firm.version)
        once_killed(secret, "in", **change)
        firm.refresh_from_db()
        assert (firm.short_name, firm.version) == before, "killed in the transaction: nothing of it stands"
        once_killed(secret, "after", **change)
        firm.refresh_from_db()
        assert (firm.short_name, firm.version) == (f"南湖{number}", before[1] + 1)

        with assistant(secret) as mate:
            again = mate.refused("update", **change)
            read = mate.call("get", kind="customers", uid=str(firm.uid))["record"]
        assert again[0] == "stale", "whoever does not know whether it was done is told, and does it not twice"
        assert (read["short_name"], read["version"]) == (f"南湖{number}", firm.version)

    assert Customer.objects.count() == 1
    assert Entry.objects.filter(action="customer.update").count() == rounds


@pytest.mark.slow
@pytest.mark.requirement("PLAT-06", proof="rule")
def test_a_change_is_made_once_though_the_process_is_killed_in_it_and_after_it(office: Office) -> None:
    changed_through_deaths(office, 1)


@pytest.mark.bars
def test_ten_changes_each_killed_in_it_and_after_it_are_made_once(office: Office) -> None:
    changed_through_deaths(office, 10)
