"""Files in, a snapshot and an account of what was read out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhike.foundation.kit import clock
from zhike.foundation.tables.faults import UnusableInput, WrongUse
from zhike.foundation.tables.limits import LIMITS
from zhike.foundation.tables.source import Chunk, Refused
from zhike.insight.intake.batch import Batch, Journey, Shortfall, readers_of
from zhike.insight.intake.mapping import ColumnMap, read_mapping
from zhike.insight.intake.meanings import kinds, meanings
from zhike.insight.intake.orders import OrderIntake, take_deals
from zhike.insight.intake.other_facts import TAKERS
from zhike.insight.intake.people import CustomerIntake
from zhike.insight.intake.registry import Registry
from zhike.insight.intake.rejects import Rejects
from zhike.insight.intake.snapshot import write_snapshot
from zhike.insight.intake.sources import open_sources
from zhike.insight.intake.spool import Spool
from zhike.insight.intake.understanding import Understanding, understand_all

Progress = Callable[[str, float], None]
_LEAST: tuple[tuple[str, ...], ...] = (("customer_id", "customer_name"), ("ordered_on",), ("amount",))


@dataclass(frozen=True)
class Asked:
    """What a person asked for: files, template, day, language, corrections."""

    paths: tuple[Path, ...]
    template: str | None = None
    as_of: dt.date | None = None
    language: str = "zh"
    map_path: Path | None = None


@dataclass(frozen=True)
class Plan:
    """What was understood, before anything is read in full."""

    asked: Asked
    told: ColumnMap
    understandings: tuple[Understanding, ...]
    currency: str
    currency_evidence: str


@dataclass(frozen=True)
class FileRead:
    """The count of one source: ``read`` = ``accepted`` + ``rejected``, always."""

    understanding: Understanding
    read: int
    rejected: int
    reasons: Mapping[str, int]
    first_lines: Mapping[str, int]

    @property
    def accepted(self) -> int:
        return self.read - self.rejected


@dataclass(frozen=True)
class Intake:
    """Everything that the reports need besides the snapshot."""

    plan: Plan
    snapshot: Path
    registry: Registry
    files: tuple[FileRead, ...]
    as_of: dt.date
    as_of_evidence: str  # told | last_date | today
    first_day: dt.date | None
    last_day: dt.date | None
    tables: Mapping[str, int]
    counts: Mapping[str, int]
    shortfalls: Mapping[tuple[str, str], Shortfall]


def plan_reading(asked: Asked, progress: Progress | None = None) -> Plan:
    """Open and understand every file. UnusableInput when none of them can be used."""
    told = read_mapping(asked.map_path)
    latest = asked.as_of or clock.today()
    sources = open_sources(asked.paths, told)
    _check_map(told, [source.layout.names for source in sources])
    found = understand_all(sources, told, latest=latest, progress=progress)
    if all(not any(column.profile.rows for column in u.columns) for u in found):
        raise UnusableInput("no_rows", file=found[0].source.label)
    if not any(u.kind and _tells_something(u) for u in found):
        raise _useless(found)
    currency, evidence = _main_currency(found, told)
    settled = tuple(
        replace(u, currency=currency, currency_evidence=evidence) if u.currency_evidence == "assumed" else u
        for u in found
    )
    return Plan(asked, told, settled, currency, evidence)


def _check_map(told: ColumnMap, names: Sequence[Sequence[str]]) -> None:
    """A column in the map that no file has is a slip of the pen."""
    there = {name for columns in names for name in columns}
    asked = {*told.general.columns, *(name for part in told.files.values() for name in part.columns)}
    for name in sorted(asked - there):
        raise WrongUse("map_column", column=name, possible=", ".join(sorted(there)))


def _tells_something(u: Understanding) -> bool:
    """A list of customers of whom nothing else is known can only accompany other tables."""
    who = {"customer_id", "customer_name", "owner", "currency"}
    return u.kind != "customers" or any(column.meaning and column.meaning not in who for column in u.columns)


def _useless(found: Sequence[Understanding]) -> UnusableInput:
    """Why nothing can be done: the file that came nearest, and the columns it lacks."""
    u = max(found, key=lambda u: (len(u.reading.matches), -len(u.reading.missing)))
    missing: Sequence[Sequence[str]]
    if u.kind == "customers":
        missing, kind = (("ordered_on",), ("amount",)), kinds()["orders"]
    else:
        missing, kind = u.reading.missing or _LEAST, kinds()[u.reading.nearest or "orders"]

    return UnusableInput(
        "missing_columns",
        file=u.source.label,
        line=str(max(u.source.layout.rows_after_line, 1)),
        kind=kind.called,
        missing=lambda language: missing_said(missing, language),
        code=missing[0][0],
        columns=", ".join(u.source.layout.names[:40]),
        first=u.source.layout.names[0],
    )


def missing_said(missing: Sequence[Sequence[str]], language: str) -> str:
    """The columns a table lacks, each with the meanings that would do; an amount is asked for once."""
    either, between = {"zh": (" 或 ", "、"), "en": (" or ", ", ")}[language]
    wanted = [["amount"] if "amount" in group else group for group in missing]
    groups = [either.join(meanings()[code].called(language) for code in group) for group in wanted]
    return between.join(dict.fromkeys(groups))


def _main_currency(found: Sequence[Understanding], told: ColumnMap) -> tuple[str, str]:
    """The currency of the report: told, else that of orders and deals, else that of any amounts."""
    if told.general.currency:
        return told.general.currency, "map"
    sure = [u for u in found if u.kind and u.currency_evidence != "assumed"]
    sure.sort(key=lambda u: u.kind not in ("orders", "deals"))
    return (sure[0].currency, sure[0].currency_evidence) if sure else ("CNY", "assumed")


def read_files(plan: Plan, folder: Path, rejected: Path, progress: Progress | None = None) -> Intake:
    """Read every row into ``folder/snapshot``, refused ones into ``rejected``.

    UnusableInput when no row of any file could be used, or there are more rows than can be handled.
    """
    asked, registry = plan.asked, Registry()
    spooled = folder / "spool"
    spooled.mkdir()
    with Rejects(rejected, asked.language) as rejects, Spool(spooled) as spool:
        journey = Journey(registry, rejects, asked.as_of or clock.today(), asked.as_of is not None)
        files = []
        for number, u in enumerate(plan.understandings):
            read = _read_source(u, number, spool, journey, progress)
            label = u.source.label
            reasons = dict(rejects.counts.get(label, {}))
            firsts = {code: line for (name, code), line in rejects.first.items() if name == label}
            files.append(FileRead(u, read, rejects.total(label), reasons, firsts))
    if not any(file.accepted and file.understanding.kind for file in files):
        raise _all_refused(files)
    as_of, evidence = _as_of(asked, journey)
    tables = write_snapshot(
        spool,
        registry,
        folder / "snapshot",
        as_of=as_of,
        template=asked.template,
        currency=plan.currency,
        rates=plan.told.rates,
    )
    return Intake(
        plan,
        folder / "snapshot",
        registry,
        tuple(files),
        as_of,
        evidence,
        journey.first_day,
        journey.last_day,
        tables,
        journey.counts,
        journey.shortfalls,
    )


def _as_of(asked: Asked, journey: Journey) -> tuple[dt.date, str]:
    if asked.as_of:
        return asked.as_of, "told"
    if journey.last_day:
        return journey.last_day, "last_date"
    return clock.today(), "today"


def _all_refused(files: Sequence[FileRead]) -> UnusableInput:
    file = max(files, key=lambda file: file.rejected)
    reason = max(file.reasons, key=lambda code: file.reasons[code], default="row.no_customer")
    return UnusableInput(
        "all_rows_refused",
        file=file.understanding.source.label,
        rows=f"{file.rejected:,}",
        line=str(file.first_lines.get(reason, 1)),
        reason=lambda language: _short_reason(reason, language),
    )


def _short_reason(code: str, language: str) -> str:
    from zhike.insight.intake.texts import said

    return said(f"short.{code.split('.')[1]}", language)


def _read_source(u: Understanding, number: int, spool: Spool, journey: Journey, progress: Progress | None) -> int:
    """Take all rows of one source; the count of rows read."""
    take = _taker(u, number, spool)
    readers, read = readers_of(u), 0
    for chunk, share in _with_progress(u):
        read += len(chunk.rows) + len(chunk.refused)
        if read > LIMITS.rows:
            raise UnusableInput("too_many_rows", file=u.source.label, limit=f"{LIMITS.rows:,}")
        for refused in chunk.refused:
            journey.rejects.add(u.source.label, refused)
        take(Batch(u, readers, chunk, journey))
        journey.rejects.flush()
        if progress:
            progress(f"read {u.source.label}", share)
    return read


def _with_progress(u: Understanding) -> Iterator[tuple[Chunk, float]]:
    """Chunks and the share of the file that has been read, judged by its characters."""
    size, done = max(u.source.path.stat().st_size, 1), 0
    for chunk in u.source.chunks(LIMITS.chunk_rows):
        done += sum(map(len, chunk.texts))
        yield chunk, min(done / size, 1.0)


def _taker(u: Understanding, number: int, spool: Spool) -> Callable[[Batch], None]:
    if u.kind == "orders":
        return OrderIntake(spool, number).take
    if u.kind == "customers":
        return CustomerIntake(spool, number, u).take
    if u.kind == "deals":
        return lambda batch: take_deals(batch, spool, number)
    if u.kind and u.kind in TAKERS:
        take = TAKERS[u.kind]
        return lambda batch: take(batch, spool)
    return _unused


def _unused(batch: Batch) -> None:
    """A table nothing can be done with is read and refused row by row, so that no row is lost silently."""
    for line, text in zip(batch.chunk.lines, batch.chunk.texts, strict=True):
        batch.journey.rejects.add(batch.u.source.label, Refused(line, "row.file_not_used", {}, text))
