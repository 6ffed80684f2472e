"""Files and functions stay small, and their names say what is in them."""

import ast
import re

import pytest

from tests.architecture.tree import ROOT, SOURCE, python_files, short, syntax

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
# A ratchet: what is longer today, how long it may be, and why. Shorten the code, then the number; add nothing without
# a reason that a reader accepts.
LONG_FILES: dict[str, tuple[int, str]] = {}
LONG_FUNCTIONS: dict[str, tuple[int, str]] = {}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "stuff"}


def function_lengths() -> dict[str, int]:
    """Lines of the body of every function, by ``path::name``."""
    lengths = {}
    for path in python_files():
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths[f"{short(path)}::{node.name}"] = _lines(node)
    return lengths


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The body: a signature that spells out its keywords, and a docstring, make nothing harder to read."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_no_file_is_longer_than_four_hundred_lines():
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}

    too_long = {name: n for name, n in lengths.items() if n > LONG_FILES.get(name, (LONGEST_FILE, ""))[0]}

    assert not too_long, "ask what second subject these files have"


def test_no_function_is_longer_than_forty_lines():
    lengths = function_lengths()

    too_long = {name: n for name, n in lengths.items() if n > LONG_FUNCTIONS.get(name, (LONGEST_FUNCTION, ""))[0]}

    assert not too_long, "ask what second subject these functions have"


@pytest.mark.parametrize(("exemptions", "limit"), [(LONG_FILES, LONGEST_FILE), (LONG_FUNCTIONS, LONGEST_FUNCTION)])
def test_every_exemption_is_needed_and_has_a_reason(exemptions, limit):
    lengths = function_lengths() | {
        short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()
    }

    loose = {
        name: lengths.get(name)
        for name, (allowed, reason) in exemptions.items()
        if not reason or lengths.get(name, 0) <= limit or lengths[name] < allowed
    }

    assert not loose, "tighten or remove these exemptions"


def test_no_module_is_named_after_nothing():
    named = {
        short(path)
        for path in python_files(with_tests=True)
        if {path.stem, *path.relative_to(SOURCE).parts[:-1]} & EMPTY_NAMES
    }

    assert not named, "name the module after its subject"


def test_imports_are_absolute():
    relative = [
        f"{short(path)}:{node.lineno}"
        for path in python_files(with_tests=True)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert not relative


# Put together from halves, so that this file does not trip over itself.
MACHINE_WORDS = {
    r"/work/" + r"(main|shared|\.library)": "a path of one machine",
    r"/opt/" + r"(pypi|npm)": "a path of one machine",
    r"registry\." + r"npmjs\.org|pypi\." + r"org|files\.python" + r"hosted": "the address of a registry",
    r"index-" + r"url|extra-" + r"index": "the address of a registry",
}
BESIDE = r"\.\./" + "shared"
TEXT = {".py", ".toml", ".md", ".html", ".js", ".mjs", ".css", ".json", ".sh", ".txt", ".in", ".po", ".cfg", ".yml", ""}


def tracked_text():
    """Every text file of the project that is not built, installed or written by a run."""
    skipped = {".git", ".venv", ".uv", "node_modules", ".artifacts", "var", "vendor", "static_root", "fonts", "dist"}
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        caches = any(part.endswith("_cache") or part in {"__pycache__", ".hypothesis"} for part in parts)
        if not caches and not skipped & set(parts) and path.is_file() and path.suffix in TEXT:
            yield path


def test_nothing_names_a_machine_or_a_registry():
    patterns = {re.compile(pattern): why for pattern, why in MACHINE_WORDS.items()}

    found = [
        f"{short(path)}: {why}: {match.group(0)}"
        for path in tracked_text()
        for pattern, why in patterns.items()
        if (match := pattern.search(path.read_text(encoding="utf-8", errors="ignore")))
        and not _allowed(path, match.group(0))
    ]

    assert not found


def _allowed(path, word):
    # The switch that keeps addresses out of the lock has to be named where the lock is made.
    return path.name == "lock.sh" and word.startswith("index-")


def test_only_tests_and_benchmarks_look_beside_the_project():
    looking = [
        short(path)
        for path in tracked_text()
        if not {"tests", "bench"} & set(path.relative_to(ROOT).parts)
        and re.search(BESIDE, path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert not looking
