"""Every entry of section B is declared, or waits for an event that does not exist yet."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zhike.foundation.jobs.registry import jobs
from zhike.foundation.obligations import gates, register
from zhike.foundation.outbox import event
from zhike.interfaces.cli import section_b
from zhike.interfaces.cli.requirements_command import catalogue, requirements

ENTRIES = section_b.entries()


def is_declared(code: str) -> bool:
    """As a duty (of one or several parts) or as a gate."""
    duties = register.declared()
    return code in gates.gates() or any(known == code or known.startswith(f"{code}/") for known in duties)


@pytest.mark.requirement("PLAT-08", proof="rule")
def test_all_entries_are_there_and_lead_to_a_row() -> None:
    # B-39 does not exist.
    assert [entry.code for entry in ENTRIES] == [f"B-{n:02d}" for n in range(1, 69) if n != 39]
    assert {entry.row for entry in ENTRIES} <= {row.code for row in catalogue()}
    assert {entry.kind for entry in ENTRIES} == set(section_b.KINDS)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
@pytest.mark.requirement("PLAT-08", proof="rule")
def test_an_entry_lives_or_says_for_what_it_waits(entry: section_b.Entry) -> None:
    if entry.waits_for:
        assert entry.waits_for not in event.declared(), "the event is there now: declare the obligation"
        assert not is_declared(entry.code), "it is declared: it waits for nothing"
    elif entry.kind == "reaction":
        assert entry.by
        assert set(entry.by) <= jobs().keys() | event.declared().keys()
    else:
        assert is_declared(entry.code)


def test_no_duty_bears_a_code_that_section_b_does_not_have() -> None:
    known = {entry.code for entry in ENTRIES}

    assert {code.partition("/")[0] for code in register.declared() if code.startswith("B-")} <= known


def test_the_command_names_what_waits() -> None:
    shown = CliRunner().invoke(requirements, [])
    as_data = json.loads(CliRunner().invoke(requirements, ["--json"]).stdout)

    for entry in section_b.waiting():
        assert f"{entry.code:8} waits for {entry.waits_for}" in shown.stdout
    assert section_b.summary("en") in shown.stdout
    assert [one["code"] for one in as_data["obligations"]] == [entry.code for entry in ENTRIES]
