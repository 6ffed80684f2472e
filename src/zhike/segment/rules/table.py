"""The strategy table as data: what a row says, whom it is for, and when it asks for a first contact.

The table travels with the snapshot, so that a night and a later reading of it work from the same rows. Without one the
shipped rows of D1 are meant: that is what ``zhike try`` has.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from zhike.foundation.kit.text import Text
from zhike.foundation.policies.load import PolicySet
from zhike.segment.policy import LifecyclePolicy, PortraitPolicy, StrategyPolicy, TierPolicy
from zhike.segment.rules.conditions import Clause, clauses_from, clauses_out

COLUMNS = (
    "dimension",
    "features",
    "relation",
    "goal",
    "measures",
    "owner",
    "timing",
    "metrics",
    "resources",
    "effect",
)
# As the form of the source calls them: (Chinese, English).
HEADINGS = {
    "dimension": ("客户细分维度", "Segment"),
    "features": ("客户特征描述", "Features"),
    "relation": ("当前关系状态", "Present relation"),
    "goal": ("策略目标", "Goal"),
    "measures": ("具体策略措施", "Measures"),
    "owner": ("责任人", "Responsible"),
    "timing": ("时间节点", "When"),
    "metrics": ("效果评估指标", "Metrics"),
    "resources": ("执行资源", "Resources"),
    "effect": ("预期效果", "Expected effect"),
}
# The row whose first contact has a limit in the policies (B-20).
POLICY_CONTACT = "at_risk"
TEN_THOUSAND = 10_000
MINOR_PER_MAJOR = 100
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_STRAY = re.compile(r"[{}]")


@dataclass(frozen=True)
class StrategyRow:
    """One row of 《客户关系细分与策略表》: eight columns, resources and expected effect, zh and en."""

    code: str
    variant_of: str | None
    owners: tuple[str, ...]  # posts
    texts: dict[str, Text]

    def column(self, name: str, language: str) -> str:
        """The text of one of :data:`COLUMNS` in ``language``; an empty cell of the source is a dash."""
        return self.texts[name].said_in(language)


@dataclass(frozen=True)
class Line:
    """A row as it is written, with numbers of the policies as placeholders.

    ``condition`` says whom a row of the enterprise's own is for; the ready rows have none, their rule is
    :func:`zhike.segment.rules.strategies.match_strategy`. ``is_first``: it is asked before the ready rows, not after
    them. ``contact_days``: from entering the row to the first contact; nothing for no such task.
    """

    code: str
    texts: Mapping[str, Text]
    owners: tuple[str, ...] = ()
    variant_of: str | None = None
    condition: tuple[Clause, ...] = ()
    is_first: bool = False
    position: int = 0
    contact_days: int | None = None
    version: int = 0

    def filled(self, policies: PolicySet) -> StrategyRow:
        """The row with the numbers of ``policies`` written in."""
        zh, en = numbers_of(policies, "zh"), numbers_of(policies, "en")
        texts = {name: Text(zh=written(text.zh, zh), en=written(text.en, en)) for name, text in self.texts.items()}
        return StrategyRow(self.code, self.variant_of, self.owners, texts)

    def contact_within(self, policies: PolicySet) -> int | None:
        """Days to the first contact; the policy's for the row of customers at risk."""
        if self.code == POLICY_CONTACT:
            return policies.get(StrategyPolicy).first_contact_days
        return self.contact_days


@dataclass(frozen=True)
class StrategyTable:
    """All rows in force, in the order in which they are shown."""

    lines: tuple[Line, ...]

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.code == code), None)

    def rows(self, policies: PolicySet) -> tuple[StrategyRow, ...]:
        """The rows as people read them."""
        return tuple(line.filled(policies) for line in self.lines)

    def own(self, *, is_first: bool) -> list[Line]:
        """Rows with a condition that are asked before, or after, the ready ones, in their order."""
        return [line for line in self.lines if line.condition and line.is_first == is_first]

    def contacts(self, policies: PolicySet) -> dict[str, int]:
        """Days to the first contact by code, of the rows that ask for one."""
        asked = {line.code: line.contact_within(policies) for line in self.lines if line.variant_of is None}
        return {code: days for code, days in asked.items() if days is not None}

    def with_lines(self, changed: Iterable[Line]) -> StrategyTable:
        """The table with lines of the same code replaced and the others added behind, by position."""
        by_code = {line.code: line for line in changed}
        kept = [by_code.pop(line.code, line) for line in self.lines]
        return StrategyTable((*kept, *sorted(by_code.values(), key=lambda line: (line.position, line.code))))

    def to_json(self) -> list[dict[str, Any]]:
        return [line_out(line) for line in self.lines]

    @classmethod
    def from_json(cls, raw: Sequence[Mapping[str, Any]] | None) -> StrategyTable:
        """The table that :meth:`to_json` wrote; the shipped one for None."""
        return shipped() if raw is None else cls(tuple(line_in(one) for one in raw))


@functools.cache
def shipped() -> StrategyTable:
    """The rows of D1 as shipped."""
    path = resources.files("zhike.policies").joinpath("strategies.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return StrategyTable(tuple(_shipped(code, cells, place) for place, (code, cells) in enumerate(raw.items())))


def _shipped(code: str, cells: Mapping[str, Any], place: int) -> Line:
    texts = {name: Text(**cells[name]) for name in COLUMNS}
    return Line(code, texts, tuple(cells["owners"]), cells.get("variant_of"), position=place)


def line_out(line: Line) -> dict[str, Any]:
    """A line as JSON values."""
    return {
        "code": line.code,
        "texts": {name: {"zh": text.zh, "en": text.en} for name, text in line.texts.items()},
        "owners": list(line.owners),
        "variant_of": line.variant_of,
        "condition": clauses_out(line.condition),
        "is_first": line.is_first,
        "position": line.position,
        "contact_days": line.contact_days,
        "version": line.version,
    }


def line_in(raw: Mapping[str, Any]) -> Line:
    """The line that :func:`line_out` wrote."""
    return Line(
        code=raw["code"],
        texts={name: Text(**raw["texts"][name]) for name in COLUMNS},
        owners=tuple(raw["owners"]),
        variant_of=raw.get("variant_of"),
        condition=clauses_from(raw.get("condition") or ()),
        is_first=bool(raw.get("is_first")),
        position=int(raw.get("position") or 0),
        contact_days=raw.get("contact_days"),
        version=int(raw.get("version") or 0),
    )


@dataclass(frozen=True)
class Rewritten:
    """Texts of one language laid over those of a line, and placeholders that nobody knows, by column."""

    texts: dict[str, Text]
    unknown: dict[str, str] = field(default_factory=dict)


def rewritten(
    before: Mapping[str, Text] | None, cells: Mapping[str, str], language: str, known: Iterable[str]
) -> Rewritten:
    """``cells`` as texts: the other language keeps its own wording where it had one, else it says the same."""
    names, texts, unknown = set(known), {}, {}
    is_zh = language.lower().startswith("zh")
    for name in COLUMNS:
        said = cells.get(name, "").strip() or "—"
        old = before.get(name) if before else None
        other = said
        if old is not None:
            mine, theirs = (old.zh, old.en) if is_zh else (old.en, old.zh)
            other = theirs if theirs != mine else said
        texts[name] = Text(zh=said, en=other) if is_zh else Text(zh=other, en=said)
        strange = [word for word in _PLACEHOLDER.findall(said) if word not in names]
        if strange or _STRAY.search(_PLACEHOLDER.sub("", said)):
            unknown[name] = strange[0] if strange else "{"
    return Rewritten(texts, unknown)


def written(text: str, numbers: Mapping[str, str]) -> str:
    """``text`` with the known placeholders filled in; nothing else in braces is looked up."""
    return _PLACEHOLDER.sub(lambda found: numbers.get(found[1], found[0]), text)


def numbers_of(policies: PolicySet, language: str) -> dict[str, str]:
    """What the placeholders stand for."""
    tier, stage = policies.get(TierPolicy), policies.get(LifecyclePolicy)
    portrait, goals = policies.get(PortraitPolicy), policies.get(StrategyPolicy)
    core, high = tier.core_from / MINOR_PER_MAJOR, tier.high_from / MINOR_PER_MAJOR
    plain = {**vars(portrait), **vars(goals), "at_risk_months": stage.at_risk_months}
    return {name: f"{value:g}" for name, value in plain.items()} | {
        "high_from": _amount(high, language),
        "core_to_high": _range(core, high, language),
    }


def heading(name: str, language: str) -> str:
    """What a column is called."""
    return HEADINGS[name][0 if language.lower().startswith("zh") else 1]


def _amount(major: float, language: str) -> str:
    if language == "zh" and major >= TEN_THOUSAND:
        return f"{major / TEN_THOUSAND:g}万"
    return f"{major:,.0f}元" if language == "zh" else f"{major:,.0f}"


def _range(low: float, high: float, language: str) -> str:
    if language == "zh" and low >= TEN_THOUSAND:
        return f"{low / TEN_THOUSAND:g}-{high / TEN_THOUSAND:g}万"
    return f"{low:,.0f}-{high:,.0f}元" if language == "zh" else f"{low:,.0f} to {high:,.0f}"


def as_version(line: Line, version: int) -> Line:
    """The line with the number of the version that put it in force."""
    return replace(line, version=version)
