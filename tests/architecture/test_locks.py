"""What is installed is locked by hash, says no address, and is the same in production and in the tests."""

import json
import re

import pytest

from tests.architecture.tree import ROOT

LOCKS = tuple(sorted(path.stem for path in (ROOT / "requirements").glob("*.txt")))


def pins(name: str) -> dict[str, set[str]]:
    """Versions by package; a package may have one for each version of Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock(name), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def test_every_list_of_needs_has_its_lock():
    assert {path.stem for path in (ROOT / "requirements").glob("*.in")} == set(LOCKS)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name):
    without = [
        entry.split()[0]
        for entry in re.split(r"\n(?=[A-Za-z0-9])", lock(name))
        if "==" in entry.split("\n")[0] and "--hash=sha256:" not in entry
    ]

    assert pins(name)
    assert not without


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_address(name):
    assert "://" not in lock(name)


def test_tests_run_with_the_versions_of_production():
    development = pins("dev")

    different = {
        package: (versions, development.get(package))
        for package, versions in pins("runtime").items()
        if development.get(package) != versions
    }

    assert not different


def test_front_end_lock_has_hashes_and_no_address():
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
