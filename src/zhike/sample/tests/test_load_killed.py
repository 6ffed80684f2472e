"""A load of the sample company that is killed: done again, it is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhike.customers.models import Contact, Customer, TimelineEntry
from zhike.foundation.access.models import Department, Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for
from zhike.interfaces.cli import sample_commands
from zhike.ledger.models import Bill, Order
from zhike.serve.models import Ticket

SIZE = 100
LOADED = (Department, Person, Customer, Contact, Order, Bill, Ticket, TimelineEntry, Entry, EventRow)
# The command itself, which stops for ever at one of its steps.
LOAD_AND_HANG = """
import threading
from zhike.interfaces.cli import sample_commands
from zhike.sample.services import load

def hang():
    open({trace!r}, "w").close()
    threading.Event().wait()

if {at!r} == "logins":
    written = sample_commands.secret_file
    def write_and_hang(path, text):
        written(path, text)
        hang()
    sample_commands.secret_file = write_and_hang
else:
    really = load._loaded
    def loaded(viewer, company, language, progress):
        return really(viewer, company, language, lambda step, share: hang() if step == {at!r} else None)
    load._loaded = loaded
sample_commands.sample(["--customers", "{size}", "--json"], standalone_mode=False)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", ["orders", "service", "logins"])
def test_a_load_killed_on_the_way_leaves_nothing_and_is_done_again(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "HOME", tmp_path)
    trace = tmp_path / "hanging"
    process = spawn(LOAD_AND_HANG.format(trace=str(trace), at=at, size=SIZE), ZHIKE_KEY_DIR=str(settings.KEY_DIR))
    try:
        wait_for(trace.exists, process=process, seconds=120)
    finally:
        end(process)
    left = {model.__name__: model.objects.count() for model in LOADED}
    assert set(left.values()) == {0}, left

    again = CliRunner().invoke(sample_commands.sample, ["--customers", str(SIZE), "--json"])

    assert again.exit_code == 0, again.output
    assert Customer.objects.count() == SIZE
    assert Order.objects.exists()
    assert Ticket.objects.exists()
    logins = sample_commands.unused_logins()
    assert logins
    person = Person.objects.get(username=logins[0][1])
    assert person.check_password(logins[0][2])  # the file holds the passwords of the company that is there
    assert os.stat(sample_commands.logins_path()).st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_half_a_company_of_an_older_version_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    from zhike.foundation.access.people import person_add

    monkeypatch.setattr(settings, "HOME", tmp_path)
    person_add(username="half", name="半", post_codes=["legal"], origin="sample")

    told = CliRunner().invoke(sample_commands.sample, ["--customers", str(SIZE)])

    assert told.exit_code != 0
    assert f"Remove {tmp_path}" in told.output
