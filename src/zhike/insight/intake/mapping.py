"""The correction file of ``--map``: what columns mean, what a file holds, how days are written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhike.foundation.tables.dates import ORDERS
from zhike.foundation.tables.faults import WrongUse
from zhike.foundation.tables.numerals import CURRENCIES
from zhike.insight.intake.meanings import kinds, meanings

_FILE_KEYS = frozenset(
    {"columns", "kind", "date_format", "currency", "header", "delimiter", "encoding", "decimal_comma"}
)
_TOP_KEYS = _FILE_KEYS | {"files", "rates"}
_DELIMITERS = {
    "comma": ",",
    "tab": "\t",
    "semicolon": ";",
    "bar": "|",
    "blanks": "blanks",
    "\t": "\t",
    ",": ",",
    ";": ";",
    "|": "|",
}
_ENCODINGS = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "gb18030": "gb18030", "gbk": "gb18030", "utf-16": "utf-16"}


@dataclass(frozen=True)
class FileMap:
    """What a person says about one file; None where nothing is said."""

    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    date_format: str | None = None
    currency: str | None = None
    header: bool | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal_comma: bool | None = None


@dataclass(frozen=True)
class ColumnMap:
    """The whole file: what holds for all files, what for one, and exchange rates to the main currency."""

    general: FileMap = field(default_factory=FileMap)
    files: Mapping[str, FileMap] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)

    def for_file(self, label: str) -> FileMap:
        """What is said about ``label`` (``orders.csv`` or ``book.xlsx[Sheet1]``), over what holds for all."""
        own = self.files.get(label) or self.files.get(label.split("[")[0]) or FileMap()
        return FileMap(
            columns={**self.general.columns, **own.columns},
            **{
                name: getattr(own, name) if getattr(own, name) is not None else getattr(self.general, name)
                for name in ("kind", "date_format", "currency", "header", "delimiter", "encoding", "decimal_comma")
            },
        )


def read_mapping(path: Path | None) -> ColumnMap:
    """Read TOML or JSON. WrongUse when it is neither, or names a meaning, kind or setting that does not exist."""
    if path is None:
        return ColumnMap()
    raw = _parsed(path)
    # The shortest form is a flat list: column = meaning.
    flat = {k: v for k, v in raw.items() if k not in _TOP_KEYS}
    if any(not isinstance(value, str) for value in flat.values()):
        wrong = next(key for key, value in flat.items() if not isinstance(value, str))
        raise WrongUse("map_setting", file=path.name, setting=wrong, possible=", ".join(sorted(_TOP_KEYS)))
    general = _file_map({**{k: v for k, v in raw.items() if k in _FILE_KEYS}}, path.name, flat)
    files = raw.get("files", {})
    if not isinstance(files, dict) or any(not isinstance(part, dict) for part in files.values()):
        raise WrongUse("map_setting", file=path.name, setting="files", possible='[files."orders.csv"]')
    return ColumnMap(
        general, {name: _file_map(part, path.name, {}) for name, part in files.items()}, _rates(raw, path.name)
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise WrongUse("map_unreadable", file=str(path)) from fault
    try:
        raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongUse("map_syntax", file=path.name, detail=str(fault)) from fault
    return dict(raw)


def _file_map(raw: Mapping[str, Any], file: str, flat: Mapping[str, str]) -> FileMap:
    for key in raw:
        if key not in _FILE_KEYS:
            raise WrongUse("map_setting", file=file, setting=key, possible=", ".join(sorted(_FILE_KEYS)))
    columns = {**flat, **_dict_of(raw.get("columns", {}), file)}
    return FileMap(
        columns={name: _meaning(name, meaning, file) for name, meaning in columns.items()},
        kind=_one_of("kind", raw.get("kind"), kinds(), file),
        date_format=_date_format(raw.get("date_format"), file),
        currency=_one_of("currency", raw.get("currency"), sorted(set(CURRENCIES.values())), file),
        header=_flag("header", raw.get("header"), file),
        delimiter=_DELIMITERS.get(_one_of("delimiter", raw.get("delimiter"), _DELIMITERS, file) or ""),
        encoding=_ENCODINGS.get(_one_of("encoding", raw.get("encoding"), _ENCODINGS, file) or ""),
        decimal_comma=_flag("decimal_comma", raw.get("decimal_comma"), file),
    )


def _dict_of(raw: Any, file: str) -> dict[str, str]:
    if not isinstance(raw, dict) or any(not isinstance(value, str) for value in raw.values()):
        raise WrongUse("map_setting", file=file, setting="columns", possible='"column" = "meaning"')
    return raw


def _meaning(column: str, meaning: str, file: str) -> str:
    if meaning in meanings():
        return meaning
    for code, known in meanings().items():
        if meaning in (known.zh, known.en):
            return code

    def possible(language: str) -> str:
        return ", ".join(f"{code} ({known.called(language)})" for code, known in meanings().items())

    raise WrongUse("map_meaning", file=file, column=column, meaning=meaning, possible=possible)


def _one_of(setting: str, value: Any, possible: Any, file: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in possible:
        raise WrongUse(
            "map_value", file=file, setting=setting, value=str(value), possible=", ".join(map(repr, possible))
        )
    return value


def _flag(setting: str, value: Any, file: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise WrongUse("map_value", file=file, setting=setting, value=str(value), possible="true, false")
    return value


def _date_format(value: Any, file: str) -> str | None:
    if value is None or (isinstance(value, str) and (value in ORDERS or "%" in value)):
        return value
    raise WrongUse(
        "map_value", file=file, setting="date_format", value=str(value), possible=f"{', '.join(ORDERS)}, %d/%m/%Y …"
    )


def _rates(raw: Mapping[str, Any], file: str) -> dict[str, float]:
    rates = raw.get("rates", {})
    if not isinstance(rates, dict):
        raise WrongUse("map_setting", file=file, setting="rates", possible="USD = 7.1")
    for currency, rate in rates.items():
        if (
            isinstance(rate, bool)
            or not isinstance(rate, int | float)
            or rate <= 0
            or currency not in CURRENCIES.values()
        ):
            raise WrongUse("map_value", file=file, setting=f"rates.{currency}", value=str(rate), possible="USD = 7.1")
    return {currency: float(rate) for currency, rate in rates.items()}
