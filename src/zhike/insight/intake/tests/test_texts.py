"""Both languages say the same, and every code that can be given has a sentence."""

import re
import string
from pathlib import Path

import pytest

from zhike.foundation.tables.faults import UnusableInput
from zhike.insight.intake.texts import BOOKS, LANGUAGES, book, fault_said, said

PACKAGE = Path(__file__).resolve().parents[2]
FAULTS = re.compile(r'(?:UnusableInput|WrongUse|Fault)\(\s*"(\w+)"')
CODES = re.compile(r'"((?:row|note|pdf|finding|column|about|evidence)\.\w+)"')


def _all() -> list[tuple[str, dict[str, str]]]:
    return [(code, dict(pair)) for package in BOOKS for code, pair in book(package).items()]


@pytest.mark.parametrize(("code", "pair"), _all(), ids=[code for code, _ in _all()])
def test_a_text_stands_in_both_languages_with_the_same_placeholders(code: str, pair: dict[str, str]) -> None:
    assert set(pair) == set(LANGUAGES)
    holders = [{name for _, name, _, _ in string.Formatter().parse(pair[language]) if name} for language in LANGUAGES]
    assert holders[0] == holders[1]


def test_no_code_stands_twice() -> None:
    codes = [code for code, _ in _all()]
    assert len(codes) == len(set(codes))


def _sources() -> str:
    paths = [*PACKAGE.glob("intake/*.py"), *PACKAGE.glob("documents/*.py"), PACKAGE / "spreadsheets.py"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_code_in_the_source_has_a_text() -> None:
    source = _sources()
    for code in set(CODES.findall(source)):
        assert said_at_all(code), code
    for code in set(FAULTS.findall(source)):
        assert said_at_all(f"fault.{code}"), code


def said_at_all(code: str) -> bool:
    return any(code in book(package) for package in BOOKS)


def test_every_reason_has_a_remedy_and_a_short_form() -> None:
    reasons = {code.split(".")[1] for code, _ in _all() if code.startswith("row.") and code not in _STRATEGY}
    for reason in reasons:
        assert said_at_all(f"remedy.{reason}"), reason
        assert said_at_all(f"short.{reason}"), reason


_STRATEGY = {f"row.{row}" for row in ("high_value", "core", "at_risk", "potential", "dormant")}


def test_a_fault_is_said_in_the_language_asked_for() -> None:
    fault = UnusableInput("empty_file", file="a.csv")

    assert fault_said(fault, "en").startswith("a.csv: the file is empty")
    assert fault_said(fault, "zh").startswith("a.csv：文件是空的")
    assert said("tier.high", "zh") == "高价值"
