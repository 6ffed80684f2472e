"""The page about running Zhike, and the container file, name only what is there."""

from __future__ import annotations

import configparser
import re

import pytest

from tests.architecture.tree import SOURCE
from zhike.foundation.policies.load import entries
from zhike.interfaces.cli.main import COMMANDS, zhike

ROOT = SOURCE.parents[1]
PAGE = (ROOT / "docs" / "howto" / "deploy.md").read_text(encoding="utf-8")
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if "tests" not in path.parts)


def test_every_variable_is_read_somewhere():
    named = set(re.findall(r"\bZHIKE_[A-Z_]+\b", PAGE + CONTAINER))
    source = code()

    assert {"ZHIKE_HOME", "ZHIKE_KEY_DIR", "ZHIKE_PROXIES", "ZHIKE_METRICS_TOKEN_FILE"} <= named
    assert [name for name in sorted(named) if f'"{name}"' not in source] == []


def test_every_command_and_option_is_one():
    called = re.findall(r"(?:bin/|# |`|\$ |&& |\")zhike ([a-z]+)((?: [^`\n\"&#]*)?)", PAGE)
    wrong = []
    for name, rest in called:
        command = zhike.get_command(None, name) if name in COMMANDS else None
        options = {opt for p in getattr(command, "params", ()) for opt in p.opts}
        wrong += [f"{name} {option}" for option in re.findall(r"--[a-z-]+", rest) if option not in options]
        wrong += [] if command else [name]

    assert len(called) > 10
    assert wrong == []


def test_every_unit_has_a_known_shape():
    units = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    read = 0
    for unit in units:
        if not unit.startswith("["):
            continue
        parser = configparser.ConfigParser(strict=True, interpolation=None)
        parser.optionxform = str
        parser.read_string(unit)
        read += 1
        assert set(parser.sections()) <= {"Unit", "Service", "Timer", "Install"}

    assert read == 3


def test_every_number_that_is_watched_is_told(db):
    from zhike.foundation.ui import system

    text = system.exposition()
    told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    told |= {f"zhike_{name}" for part in system.parts() for name in part.gauges}
    named = set(re.findall(r"\bzhike_[a-z_0-9]+\b", PAGE))

    assert len(named) >= 4
    assert named <= told


def test_policies_that_are_named_exist():
    named = re.findall(r"`((?:outbox|jobs|messages)\.[a-z_]+\.[a-z_]+)`", PAGE)

    assert len(named) == 4
    assert [key for key in named if key not in entries(key.split(".")[0])] == []


def test_the_container_copies_what_the_build_makes_and_runs_without_root():
    for path in re.findall(r"-r (\S+\.txt)", CONTAINER):
        assert (ROOT / path).is_file(), path
    assert "make wheel" in CONTAINER
    assert re.search(r"^wheel:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    stages = CONTAINER.split("\nFROM ")
    assert len(stages) == 3
    assert re.search(r"^USER \d+$", stages[-1], re.MULTILINE)
    assert stages[-1].rstrip().splitlines()[-1].startswith('CMD ["zhike", "serve", "--worker"')
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    lines = re.sub(r"\\\n", " ", CONTAINER).splitlines()
    assert {line.split()[0] for line in lines if line and not line.startswith("#")} <= known


@pytest.mark.parametrize("held", [".git", ".venv", "var"])
def test_what_is_of_this_machine_stays_out_of_the_image(held):
    assert held in (ROOT / ".containerignore").read_text(encoding="utf-8").split()
