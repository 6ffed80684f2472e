"""The tutorial "add a record in ten minutes", carried out word for word in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from zhike.foundation.records.testing import RecordCases

PAGE = ROOT / "docs" / "tutorial" / "add-a-record-in-ten-minutes.md"
COPIED = ("src", "tests", "tools", "conftest.py", "pyproject.toml", "frontend/safelist.json")
# Some prose, then a block; the prose names the file, unless the file of the block before is meant.
STEP = re.compile(r"(?P<prose>(?:(?!^```).)*?)^```(?P<language>\w+)\n(?P<block>.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`(src/[\w/.]+\.py)`")


@pytest.fixture
def checkout(tmp_path):
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.ttf"))
        elif source.exists():
            shutil.copyfile(source, target)
    return tmp_path


def apply_diff(path, block):
    """Lines with ``-`` go, lines with ``+`` take their place or follow the context line before them."""
    text = path.read_text(encoding="utf-8")
    lines = block.splitlines()
    old = "\n".join(line[1:] for line in lines if line[:1] in " -")
    new = "\n".join(line[1:] for line in lines if line[:1] in " +")
    assert text.count(f"{old}\n") == 1, f"{path}: {old!r}"
    path.write_text(text.replace(f"{old}\n", f"{new}\n"), encoding="utf-8")


def run(checkout, *command):
    home = checkout / "home"
    environment = os.environ | {
        "PYTHONPATH": str(checkout / "src"),
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
        "ZHIKE_ENV": "test",
        "ZHIKE_HOME": str(home),
        "ZHIKE_DATABASE_URL": f"sqlite:///{home}/zhike.sqlite3",
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    home.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environment, capture_output=True, text=True, timeout=300
    )


def follow(checkout):
    """Carry out every block of the page; returns what the test run said."""
    path, said = None, None
    for step in STEP.finditer(PAGE.read_text(encoding="utf-8")):
        named = FILE.findall(step["prose"])
        path = checkout / named[-1] if named else path
        if step["language"] == "diff":
            apply_diff(path, step["block"])
        elif step["language"] == "python":
            assert not path.exists(), path
            path.write_text(step["block"], encoding="utf-8")
        elif step["language"] == "console":
            for program, arguments in re.findall(r"\.venv/bin/(\w+) (.*)", step["block"]):
                said = run(checkout, *(["-m", program] if program != "python" else []), *arguments.split())
                assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
    return said


def cases_of_a_kind():
    """The cases that the records kit generates for one kind."""
    return [name for name in dir(RecordCases) if name.startswith("test_")]


@pytest.mark.slow
def test_a_record_is_added_in_the_steps_of_the_page(checkout):
    said = follow(checkout)

    assert list((checkout / "src/zhike/serve/migrations").glob("*_device.py"))
    # What a device does not have (acts, a board, masked values, a bin, dates to show, files) is skipped.
    counted = {outcome: int(number) for number, outcome in re.findall(r"(\d+) (passed|skipped)", said.stdout)}
    assert counted["passed"] + counted["skipped"] > len(cases_of_a_kind())
    assert counted["skipped"] == 7
    style = run(checkout, "-m", "ruff", "check", "--quiet", "src/zhike/serve")
    assert style.returncode == 0, style.stdout
