"""A duration that the business may argue about is a policy value, not a figure in the code."""

import ast

from tests.architecture.tree import SOURCE, python_files, rooms, short, syntax

# Nothing, one, and noon are no policies.
INNOCENT = {("days", 0), ("days", 1), ("hours", 0), ("minutes", 0), ("minutes", 1), ("seconds", 0), ("hours", 12)}
DURATIONS = {"timedelta", "relativedelta"}


def written_durations(path):
    """``timedelta(hours=48)`` and its like, with a figure written out."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in DURATIONS:
            for keyword in node.keywords:
                if isinstance(keyword.value, ast.Constant) and (keyword.arg, keyword.value.value) not in INNOCENT:
                    yield f"{short(path)}:{node.lineno}: {keyword.arg}={keyword.value.value}"


def decisive_files():
    """Rules, services, models and selectors of the business rooms; the sample company invents its own times."""
    for path in python_files():
        parts = path.relative_to(SOURCE).parts
        decides = {"rules", "services", "models"} & set(parts) or parts[-1] in {"selectors.py", "subscribers.py"}
        if decides and parts[0] in rooms() and parts[0] != "sample":
            yield path


def test_no_duration_is_written_out_where_decisions_are_made():
    found = [place for path in decisive_files() for place in written_durations(path)]

    assert not found, "declare it in policy.py and the room's TOML"
