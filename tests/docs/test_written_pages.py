"""What the hand-written pages point at exists: files, headings, tests, commands, policy values."""

import re
from functools import cache

import pytest

from tests.architecture.tree import ROOT
from tools import docs
from zhike.foundation.policies.load import entries
from zhike.interfaces.cli.main import COMMANDS

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "src/**/README.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts and not (path.parent == docs.PAGES and path.name in docs.WRITERS)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST = re.compile(r"\btest_[a-z0-9_]+")
COMMAND = re.compile(r"`(?:\.venv/bin/)?zhike ([a-z]+)")
VALUE = re.compile(r"`((?:segment|retain|insight|obligations|records|outbox|jobs|calendar)\.[a-z_]+\.[a-z_0-9]+)`")
TARGET = re.compile(r"`make ([a-z-]+)")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@cache
def known_tests() -> frozenset[str]:
    files = [*ROOT.glob("src/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]
    names = {path.stem for path in files}
    for path in files:
        names.update(re.findall(r"def (test_[a-z0-9_]+)", path.read_text(encoding="utf-8")))
    return frozenset(names)


@cache
def anchors(path) -> frozenset[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_tests_and_commands_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    # A tutorial may have its reader write a test.
    own = set(re.findall(r"def (test_[a-z0-9_]+)", text)) | set(re.findall(r"Create `[\w/]*?(test_\w+)\.py`", text))

    assert set(TEST.findall(text)) - own <= known_tests()
    assert set(COMMAND.findall(text)) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_policy_values_and_make_targets_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))

    for value in VALUE.findall(text):
        assert value in entries(value.split(".")[0]), value
    assert set(TARGET.findall(text)) <= targets
