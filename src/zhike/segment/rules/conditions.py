"""Whom an own row of the strategy table is for: a small closed language, kept as data.

One line, one clause: a measure, a comparison, a value, ``年消费 >= 500000`` or ``tier = high, core``. All lines must
hold. What is not known about a customer makes no clause hold, not even ``!=``: nobody is put into a row by a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from zhike.segment.rules.arrays import Bools, Floats
from zhike.segment.rules.lifecycle import STAGES
from zhike.segment.rules.tiers import TIERS

Names = Mapping[str, Mapping[str, str]]  # field code → word as people write it → code


@dataclass(frozen=True)
class Measure:
    """Something a condition may ask about: ``words`` are its codes with their names, empty for a number."""

    code: str
    zh: str
    en: str
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_number: bool = False


def _coded(codes: Sequence[str], *names: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return dict(zip(codes, names, strict=True))


MEASURES = {
    measure.code: measure
    for measure in (
        Measure(
            "tier", "价值等级", "tier",
            _coded(TIERS, ("高价值", "high value"), ("中坚", "core"), ("低价值", "low value")),
        ),
        Measure(
            "lifecycle", "生命周期阶段", "lifecycle",
            _coded(STAGES, ("潜在", "potential"), ("开发中", "developing"), ("新客户", "new"), ("活跃", "active"),
                   ("沉睡", "dormant"), ("流失风险", "at risk"), ("流失", "lost")),
        ),
        Measure(
            "group", "客户群", "group",
            _coded(("strategic", "potential", "ordinary"), ("战略", "strategic"), ("潜力", "potential"),
                   ("普通", "ordinary")),
        ),
        Measure(
            "risk", "流失风险程度", "churn risk",
            _coded(("high", "medium", "low"), ("高", "high"), ("中", "medium"), ("低", "low")),
        ),
        Measure(
            "kind", "客户类型", "kind", _coded(("firm", "person"), ("企业客户", "firm"), ("个人客户", "person")),
        ),
        Measure("industry", "行业", "industry"),
        Measure("region", "地区", "region"),
        Measure("spend", "年消费", "yearly spend", is_number=True),
        Measure("spend_total", "累计消费", "total spend", is_number=True),
        Measure("orders", "订单数", "orders", is_number=True),
        Measure("days_since_order", "距上次下单天数", "days since last order", is_number=True),
        Measure("tenure_years", "合作年限", "years with us", is_number=True),
        Measure("health", "健康度", "health", is_number=True),
        Measure("potential", "潜力值", "potential score", is_number=True),
        Measure("churn", "流失概率", "churn probability", is_number=True),
    )
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "=": np.equal, "!=": np.not_equal, ">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less,
}  # fmt: skip
_WORD_OPERATORS = ("=", "!=")
_SPELLINGS = {"≥": ">=", "≤": "<=", "≠": "!=", "＝": "=", "＞": ">", "＜": "<", "！": "!"}
_CLAUSE = re.compile(r"^(?P<name>.+?)\s*(?P<operator>>=|<=|!=|=|>|<)\s*(?P<value>.*)$")
_NUMBER = re.compile(r"^(-?\d+(?:\.\d+)?)(万|%)?$")
_BETWEEN = re.compile(r"[,，、|]")
_TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Clause:
    """One comparison: ``values`` are codes, or the one number as text that is exact."""

    measure: str
    operator: str
    values: tuple[str, ...]

    @property
    def number(self) -> float:
        return float(self.values[0])


class ConditionFault(ValueError):
    """A line that says nothing the computation understands; ``code`` and ``data`` tell which line and why."""

    def __init__(self, code: str, line: int, **data: str) -> None:
        super().__init__(f"line {line}: {code} {data}")
        self.code, self.line, self.data = code, line, data


Columns = npt.NDArray[Any]


@dataclass(frozen=True)
class Known:
    """What is known of every customer, asked for when a condition needs it: (n,) numbers, or words with None."""

    size: int
    numbers: Mapping[str, Callable[[], Floats]]
    words: Mapping[str, Callable[[], Columns]]


def holds(condition: Iterable[Clause], known: Known) -> Bools:
    """(n,) true where every clause holds; nobody where there is none."""
    clauses = tuple(condition)
    found = np.full(known.size, bool(clauses))
    for clause in clauses:
        found &= _holds(clause, known)
    return found


def _holds(clause: Clause, known: Known) -> Bools:
    if MEASURES[clause.measure].is_number:
        values = known.numbers[clause.measure]()
        with np.errstate(invalid="ignore"):
            compared: Bools = np.asarray(_COMPARE[clause.operator](values, clause.number), dtype=bool)
        return np.isfinite(values) & compared
    said = known.words[clause.measure]()
    given = np.asarray([word is not None and word != "" for word in said], dtype=bool)
    among = np.isin(np.where(given, said, ""), clause.values)
    return given & (among if clause.operator == "=" else ~among)


def parse(text: str, names: Names | None = None) -> tuple[Clause, ...]:
    """The clauses of a text, one per line, in Chinese or English.

    ``names`` gives the words for industries and regions. Raises ConditionFault for the first line not understood.
    """
    lines = [(place, line.strip()) for place, line in enumerate(re.split(r"[\n;；]", text), start=1)]
    return tuple(_parsed(line, place, names or {}) for place, line in lines if line)


def _parsed(line: str, place: int, names: Names) -> Clause:
    for strange, plain in _SPELLINGS.items():
        line = line.replace(strange, plain)
    found = _CLAUSE.match(line)
    if found is None:
        raise ConditionFault("no_operator", place, text=line)
    measure = _measure(found["name"])
    if measure is None:
        raise ConditionFault("unknown_measure", place, text=found["name"])
    operator = found["operator"]
    if measure.is_number:
        return Clause(measure.code, operator, (_number(found["value"], place),))
    if operator not in _WORD_OPERATORS:
        raise ConditionFault("not_comparable", place, text=found["name"])
    said = _parted(found["value"], names.get(measure.code, {}))
    if not said:
        raise ConditionFault("no_value", place, text=found["name"])
    return Clause(measure.code, operator, tuple(_word(measure, word, place, names) for word in said))


def _parted(value: str, given: Mapping[str, str]) -> list[str]:
    """The words of a value; a name that holds a comma itself (农、林、牧、渔业) stays whole."""
    for name in sorted(given, key=len, reverse=True):
        if _BETWEEN.search(name):
            value = re.sub(re.escape(name), given[name], value, flags=re.IGNORECASE)
    return [word.strip() for word in _BETWEEN.split(value) if word.strip()]


def _measure(name: str) -> Measure | None:
    wanted = name.strip().casefold()
    return next((m for m in MEASURES.values() if wanted in (m.code, m.zh, m.en.casefold())), None)


def _number(text: str, place: int) -> str:
    found = _NUMBER.match(text.strip().replace(",", "").replace("，", ""))
    if found is None:
        raise ConditionFault("not_a_number", place, text=text.strip())
    value = float(found[1]) * (_TEN_THOUSAND if found[2] == "万" else 1)
    return f"{value:.15g}"


def _word(measure: Measure, word: str, place: int, names: Names) -> str:
    wanted = word.casefold()
    for code, said in measure.words.items():
        if wanted == code or wanted in (name.casefold() for name in said):
            return code
    given = names.get(measure.code, {})
    for name, code in given.items():
        if wanted in (name.casefold(), code.casefold()):
            return code
    options = [f"{zh} / {en}" for zh, en in measure.words.values()] or list(given)
    raise ConditionFault("unknown_value", place, text=word, options=", ".join(options[:40]))


def said(condition: Iterable[Clause], language: str, names: Names | None = None) -> str:
    """The text that :func:`parse` reads back, one clause a line."""
    return "\n".join(_said(clause, language.lower().startswith("zh"), names or {}) for clause in condition)


def _said(clause: Clause, is_zh: bool, names: Names) -> str:
    measure = MEASURES[clause.measure]
    words = {code: pair[0 if is_zh else 1] for code, pair in measure.words.items()}
    words |= {code: name for name, code in names.get(clause.measure, {}).items()}
    values = ("、" if is_zh else ", ").join(words.get(value, value) for value in clause.values)
    return f"{measure.zh if is_zh else measure.en} {clause.operator} {values}"


def clauses_out(condition: Iterable[Clause]) -> list[dict[str, Any]]:
    """Clauses as JSON values."""
    return [{"measure": c.measure, "operator": c.operator, "values": list(c.values)} for c in condition]


def clauses_from(raw: Iterable[Mapping[str, Any]]) -> tuple[Clause, ...]:
    """The clauses that :func:`clauses_out` wrote. Raises KeyError for a measure that is gone."""
    found = tuple(Clause(one["measure"], one["operator"], tuple(one["values"])) for one in raw)
    for clause in found:
        MEASURES[clause.measure]
    return found
