"""How a room says, once, what a named report is: its content, rhythm, owner, readers, formats, approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.declaration import RHYTHMS
from zhike.foundation.records.declare import Field
from zhike.foundation.reports.events import ReportPublished

Words: TypeAlias = Any  # str, or a lazy translation of one
Row: TypeAlias = Mapping[str, Any]
FORMATS = ("xlsx", "csv", "docx", "pdf", "png", "svg")
# What each kind of report leaves the house as (section C): lists, documents, charts.
LIST = ("xlsx", "csv", "pdf")
DOCUMENT = ("docx", "pdf", "xlsx")
CHART = ("png", "svg", "pdf", "xlsx")
ILLUSTRATED = ("docx", "pdf", "xlsx", "png", "svg")
_PROOF = _("The report published")


class DeclarationFault(ValueError):
    """A declaration contradicts itself; it is found at start, not when the report is due."""


@dataclass(frozen=True)
class Column:
    """A column whose stored value is turned into words when it is read: ``say(value, language)``."""

    field: Field
    say: Callable[[Any, str], str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of typed columns. A row is stored under the keys of its columns, and has a ``key`` of its own.

    ``about`` names the relation that decides who sees a row: whoever may see that record; ``seen`` decides it instead
    where no record does, and takes viewer and rows. Without either the table speaks of the whole enterprise. With
    ``excludes`` the owner may leave a row out, with a reason.
    """

    code: str
    title: Words
    columns: tuple[Field | Column, ...]
    about: str = ""
    seen: Callable[[Viewer, Sequence[Row]], Sequence[Row]] | None = None
    excludes: bool = False
    empty: Words = ""

    @property
    def is_whole(self) -> bool:
        """Whether it speaks of all customers, so that it is no list of one's own."""
        return not self.about and self.seen is None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A handful of numbers of the whole enterprise, each with its name."""

    code: str
    title: Words
    columns: tuple[Field | Column, ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Paragraphs: ``say(data, language)`` makes them from what was stored."""

    code: str
    title: Words
    say: Callable[[Any, str], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture of the whole enterprise: ``draw(data, language)`` makes SVG from what was stored."""

    code: str
    title: Words
    draw: Callable[[Any, str], str]


Part: TypeAlias = Table | Figures | Letter | Chart
Rows: TypeAlias = list[dict[str, Any]]


@dataclass
class Content:
    """What a query found: data by part, and codes of ``Report.gaps`` for what is not measured.

    Values are plain: text, numbers, days, moments, codes, numbers of records and people, (minor units, currency).
    Names of natural persons are never among them; they are read from their records whenever the report is.
    """

    parts: dict[str, Any]
    gaps: tuple[str, ...] = ()
    as_of: dt.datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


# What the parts of a published report turn into: amendments by row key, made in the transaction that publishes.
Publishing = Callable[..., Mapping[str, Row] | None]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A named report (section C).

    ``query(viewer, period)`` makes its content; a report about one record (a case) takes its number instead of the
    period. ``rhythm`` makes it a duty ``duty`` (section B2) of the post ``owner``, fulfilled by publishing; without
    ``owner`` the system publishes it by itself. ``covers`` says whether the period itself or the one before it is
    looked at. ``readers`` are posts. ``approved_by`` names the posts one of which decides before it is published.
    """

    code: str
    title: Words
    purpose: Words
    area: Area | None  # the part of the work whose basics a reader needs; None for all staff
    query: Callable[..., Content]
    parts: tuple[Part, ...]
    rhythm: str = ""
    covers: str = "present"  # or "last"
    duty: str = ""
    owner: str = ""
    readers: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    formats: tuple[str, ...] = LIST
    subject: str = ""  # code of the records that it is about, one issue each
    gaps: Mapping[str, Words] = field(default_factory=dict)
    on_publish: Publishing | None = None
    icon: str = "report"
    order: int = 50
    requirement: str = ""

    def __post_init__(self) -> None:
        for problem, is_so in self._problems():
            if is_so:
                raise DeclarationFault(f"{self.code}: {problem}")

    def _problems(self) -> list[tuple[str, bool]]:
        named = {self.owner, *self.readers, *self.approved_by} - {""}
        hidden = [f.key for part in self.parts for f in fields_of(part) if f.personal or f.masked]
        return [
            ("has no such rhythm", bool(self.rhythm) and self.rhythm not in RHYTHMS),
            ("is neither of a rhythm nor about a record", not self.rhythm and not self.subject),
            ("names a post that is none", not named <= posts().keys()),
            (
                "is addressed to a post that may not read it",
                any(not self._may(post) for post in named & posts().keys()),
            ),
            ("keeps personal values; name the record instead", bool(hidden)),
            ("has no such format", not set(self.formats) <= set(FORMATS)),
            ("draws no chart", bool({"png", "svg"} & set(self.formats)) and not self.charts),
        ]

    def _may(self, post: str) -> bool:
        return self.area is None or bool(posts()[post].areas.get(self.area))

    def is_addressed_to(self, post: str) -> bool:
        """Whether a post completes, approves or reads it."""
        return post in {self.owner, *self.readers, *self.approved_by}

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(part for part in self.parts if isinstance(part, Chart))

    def part(self, code: str) -> Part | None:
        """The part of that code, or None."""
        return next((part for part in self.parts if part.code == code), None)

    @property
    def is_automatic(self) -> bool:
        """Whether the system publishes it by itself."""
        return not self.owner

    def allows(self, viewer: Viewer, area: Area | None = None, level: Level = Level.BASIC) -> bool:
        """Whether the viewer's posts include the report's part of the work, or ``area``."""
        wanted = area or self.area
        return wanted is None or viewer.may(wanted, level)

    def owned_by(self, viewer: Viewer) -> bool:
        """Whether the viewer's posts complete it."""
        return bool(self.owner) and viewer.holds(self.owner) and self.allows(viewer)

    def decided_by(self, viewer: Viewer) -> bool:
        """Whether the viewer's posts approve it."""
        return viewer.holds(*self.approved_by) and self.allows(viewer)

    def read_by(self, viewer: Viewer) -> bool:
        """Whether the viewer's posts read it once it is published."""
        if viewer.is_system:
            return True
        addressed = viewer.holds(*self.readers, *self.approved_by) or self.owned_by(viewer)
        return addressed and self.allows(viewer)


def fields_of(part: Part) -> tuple[Field, ...]:
    """The fields of a part that has columns."""
    if not isinstance(part, Table | Figures):
        return ()
    return tuple(c.field if isinstance(c, Column) else c for c in part.columns)


_REPORTS: dict[str, Report] = {}


def register(report: Report) -> Report:
    """Serve ``report`` from now on; with a rhythm and an owner it is a duty too. DeclarationFault for a taken code."""
    held = _REPORTS.get(report.code)
    if held is not None and held.query is not report.query:
        raise DeclarationFault(f"{report.code} is declared twice")
    _REPORTS[report.code] = report
    if report.duty:
        obligations.recurring(
            code=report.duty, title=report.title, rhythm=report.rhythm, owed_by=f"post:{report.owner}",
            fulfils=ReportPublished, fulfilled_when=lambda happened: happened.report == report.code,
            proof=_PROOF, requirement=report.requirement,
        )  # fmt: skip
    return report


def find(code: str) -> Report | None:
    """The report of that code, or None."""
    return _REPORTS.get(code)


def every() -> tuple[Report, ...]:
    """All reports, in their order."""
    return tuple(sorted(_REPORTS.values(), key=lambda report: (report.order, report.code)))


def of_duty(code: str) -> Report | None:
    """The report by whose publication a duty is done, or None."""
    return next((report for report in _REPORTS.values() if report.duty == code), None)
