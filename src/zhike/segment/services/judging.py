"""Whether what somebody wrote can be a row of the strategy table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhike.foundation.access.matrix import posts
from zhike.foundation.policies.declare import rules_of
from zhike.foundation.policies.load import PolicySet
from zhike.segment import problems
from zhike.segment.policy import StrategyPolicy
from zhike.segment.rules.concrete import check
from zhike.segment.rules.conditions import Clause, ConditionFault, parse
from zhike.segment.rules.table import COLUMNS, POLICY_CONTACT, Line, numbers_of, rewritten, shipped
from zhike.segment.words import value_names

CELL_MAX = 1_000


@dataclass(frozen=True)
class Given:
    """A row as somebody typed it, in one language: the columns, the posts, whom it is for, and the first contact."""

    cells: Mapping[str, str]
    owners: tuple[str, ...] = ()
    condition: str = ""
    is_first: bool = False
    contact_days: str = ""


def judged(
    given: Given, code: str, before: Line | None, language: str, policies: PolicySet
) -> tuple[Line, dict[str, str]]:
    """The line that was meant, and what is wrong with it, by field; nothing wrong is an empty mapping.

    A ready row keeps its own rule: it takes no condition, the row for customers at risk takes the days to the first
    contact from the policies, and a variant, in which nobody is, has none.
    """
    is_ready = shipped().line(code) is not None
    found: dict[str, str] = {}
    known = numbers_of(policies, "zh")
    written = rewritten(before.texts if before else None, given.cells, language, known)
    found |= {name: problems.unknown_placeholder(word) for name, word in written.unknown.items()}
    found |= {name: "too_long" for name in COLUMNS if len(given.cells.get(name, "")) > CELL_MAX}
    if not given.cells.get("dimension", "").strip():
        found["dimension"] = "required"
    if any(owner not in posts() for owner in given.owners):
        found["owners"] = "not_an_option"
    concrete = check({name: given.cells.get(name, "") for name in COLUMNS}, given.owners)
    if not concrete.is_ready:
        found["measures"] = problems.not_concrete(concrete)
    condition: tuple[Clause, ...] = ()
    if not is_ready:
        condition = _condition(given, found)
    is_variant = before is not None and before.variant_of is not None
    days = None if code == POLICY_CONTACT or (is_variant and is_ready) else _days(given, found)
    line = Line(
        code=code, texts=written.texts, owners=given.owners, variant_of=before.variant_of if before else None,
        condition=condition, is_first=given.is_first and not is_ready, contact_days=days,
    )  # fmt: skip
    return line, found


def _condition(given: Given, found: dict[str, str]) -> tuple[Clause, ...]:
    try:
        condition = parse(given.condition, value_names())
    except ConditionFault as fault:
        found["condition"] = problems.bad_condition(fault)
        return ()
    if not condition:
        found["condition"] = "required"
    return condition


def _days(given: Given, found: dict[str, str]) -> int | None:
    """Days to the first contact within the bounds that the policy for customers at risk has; nothing for no task."""
    text = given.contact_days.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        found["contact_days"] = "not_a_number"
        return None
    problem = rules_of(StrategyPolicy)["first_contact_days"].problem_with(int(text))
    if problem is not None:
        found["contact_days"] = problem
    return int(text)
