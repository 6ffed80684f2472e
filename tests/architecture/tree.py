"""What the architecture tests look at: the source as files, syntax trees, and declarations."""

import ast
import importlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "zhike"
# Upstream to downstream: a room may lean only on rooms before it.
ORDER = [
    "analytics",
    "policies",
    "foundation",
    "events",
    "customers",
    "ledger",
    "comply",
    "correspond",
    "segment",
    "acquire",
    "win",
    "onboard",
    "serve",
    "grow",
    "retain",
    "insight",
    "improve",
    "automate",
    "sample",
    "interfaces",
    "config",
]
FOUNDATION = [
    "kit",
    "tables",
    "crypto",
    "audit",
    "access",
    "policies",
    "calendar",
    "outbox",
    "jobs",
    "backup",
    "files",
    "obligations",
    "messages",
    "approvals",
    "search",
    "facts",
    "records",
    "imports",
    "reports",
    "ui",
]
NOT_ROOMS = {"analytics", "policies", "foundation", "events", "interfaces", "config"}


def rooms() -> list[str]:
    """The business rooms that exist."""
    return [name for name in ORDER if name not in NOT_ROOMS and (SOURCE / name / "__init__.py").exists()]


@cache
def python_files(*, with_tests: bool = False) -> tuple[Path, ...]:
    """Every Python file of the package but migrations, in a stable order."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        if "migrations" not in parts and (with_tests or "tests" not in parts):
            found.append(path)
    return tuple(found)


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """The path as it is written in exemptions and messages."""
    return path.relative_to(ROOT).as_posix()


def import_policies() -> None:
    """Import every policy declaration, so that the registry knows them all."""
    for path in python_files():
        if path.name == "policy.py" or path.parent.name == "policy":
            importlib.import_module(".".join(("zhike", *path.relative_to(SOURCE).with_suffix("").parts)))
