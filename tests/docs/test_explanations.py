"""Numbers and examples that the pages quote are those of the product."""

import re
import tomllib

import pytest
from click.testing import CliRunner

from tests.architecture.tree import ROOT
from zhike.foundation.policies.load import load_defaults
from zhike.insight.intake.mapping import read_mapping
from zhike.interfaces.cli.try_command import try_files
from zhike.retain.policy import ClockPolicy, HealthPolicy, RiskPolicy, SignalPolicy, WarningPolicy

POLICIES = load_defaults()
HOWTO = ROOT / "docs" / "howto" / "try-your-own-spreadsheets.md"


def read(place: str) -> str:
    return " ".join((ROOT / "docs" / place).read_text(encoding="utf-8").split())


def blocks(path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_health_and_warnings_quotes_the_shipped_numbers():
    page = read("explanation/health-and-warnings.md")
    health, warning, signals = (POLICIES.get(cls) for cls in (HealthPolicy, WarningPolicy, SignalPolicy))
    risk, clocks = POLICIES.get(RiskPolicy), POLICIES.get(ClockPolicy)

    for said in (
        f"stability | {health.stability_weight:g} |",
        f"service | {health.service_weight:g} |",
        f"interaction | {health.interaction_weight:g} |",
        f"usage | {health.usage_weight:g} |",
        f"less than {health.coverage_min:.0%} of the weight",
        f"rests on less than {warning.health_coverage_from:.0%} of the weight",
        f"down by {signals.feature_use_drop:.0%} in a month",
        f"with a probability below {signals.active_probability_below:.0%}",
        f"and weighs {warning.unlikely_active:g}: it warns beside a fact",
        f"a named competitor weighs {warning.mention_competitor:.1f}",
        f"a contract about to end {warning.contract_ending:.1f}",
        f"health is below {warning.health_limit:g}**",
        f"signals weigh {warning.warn_from:.1f} or more**",
        f'"No order for six months" weighs {warning.no_order:g}',
        f"high below {risk.high_health_below:g} points or from a weight of {risk.high_signals_from:g}",
        f"medium below {risk.medium_health_below:g} points or from a weight of {risk.medium_signals_from:g}",
        f"contact within {clocks.contact_hours:g} hours",
    ):
        assert said in page, said
    assert clocks.dismissed_rest_days == 30
    assert "rests for thirty days" in page


def test_the_map_of_the_howto_is_one_that_works(tmp_path):
    (text,) = blocks(HOWTO, "toml")
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")

    said = read_mapping(tmp_path / "map.toml").for_file("orders.csv").columns

    assert said == tomllib.loads(text)["columns"]


@pytest.mark.slow
def test_what_was_understood_reads_as_the_howto_shows_it(tmp_path):
    shown = next(block for block in blocks(HOWTO, "text") if block.startswith("cd.txt"))
    (tmp_path / "cd.txt").write_text(
        "customer_id date number_of_cds dollar_value\n"
        "00001 19970101 1 11.77\n00002 19970112 5 12.00\n00003 19970102 2 77.00\n00003 19980630 2 20.76\n",
        encoding="utf-8",
    )

    arguments = [str(tmp_path / "cd.txt"), "--lang", "en", "--out", str(tmp_path / "report")]
    result = CliRunner().invoke(try_files, arguments)

    assert result.exit_code == 0, result.output
    for line in shown.splitlines():
        assert line.split() == next(
            (said.split() for said in result.output.splitlines() if said.split() == line.split()), None
        )
    table = re.findall(
        r"`([a-z-]+\.[a-z]+)`", HOWTO.read_text(encoding="utf-8").split("## What you get")[1].split("##")[0]
    )
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert written <= {*table, "value-matrix.png"}
    assert set(table) <= written
