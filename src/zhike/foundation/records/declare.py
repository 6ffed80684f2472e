"""How a room says, once, how its records are listed, filtered, shown, edited and exported."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import capfirst

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.records import added
from zhike.foundation.records.asking import Quick, View

Words: TypeAlias = Any  # str, or a lazy translation of one
TAGS = "tags"  # the public name of the tags that a record carries
CUSTOM = "x_"  # with it begin the public names of fields that an enterprise added, and no others


class Kind(StrEnum):
    """What a value is: decides its form, its filter and how it is written."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    PERCENT = "percent"  # stored as a ratio, shown times 100
    MONEY = "money"  # integer minor units
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    BADGE = "badge"  # a choice shown with shape and colour
    BOOL = "bool"
    PERSON = "person"
    DEPARTMENT = "department"
    RELATION = "relation"
    TAGS = "tags"  # several tags of the managed list: see records.tags


class Klass(StrEnum):
    """The class of the data catalogue. A sensitive value is closed until a grant opens it."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Choice:
    """One option: the stored code, its words, and for badges a tone and an icon (colour never speaks alone).

    Tones: neutral, good, warn, bad, info, strong. A label stands alone, as a chip, cell or option, so words of the
    product begin with a capital; what somebody typed stays as it is.
    """

    code: str
    label: Words
    tone: str = "neutral"
    icon: str = ""
    is_past: bool = False  # stays where it stands, is chosen no more

    def __post_init__(self) -> None:
        if isinstance(self.label, Promise):
            object.__setattr__(self, "label", capfirst(self.label))


@dataclass(frozen=True)
class Field:
    """One value of a record.

    ``path`` is the ORM path ("name", "state__tier"); for PERSON and DEPARTMENT the column that holds the number
    ("owner_id"), for RELATION the foreign key ("customer"). ``area`` overrides the record's area where a value
    belongs to another part of the work (health on a customer). ``masked`` names a rule of ``kit.masking``;
    ``stored_masked`` says that the row holds the masked form already and the full value is in the vault; in a form such
    a field starts empty and keeps its value when left empty, unless ``plain_when`` says that this row's is no secret.
    ``purpose``, ``basis`` and ``retention`` go into the data catalogue.
    """

    path: str
    label: Words
    kind: Kind = Kind.TEXT
    klass: Klass = Klass.ORDINARY
    level: Level = Level.BASIC
    area: Area | None = None
    masked: str | None = None
    stored_masked: bool = False
    plain_when: tuple[str, str] | None = None  # (path, value) of rows where it is nobody's: a firm's telephone
    personal: bool = False
    purpose: Words = ""
    basis: Words = ""
    retention: Words = ""
    choices: tuple[Choice, ...] | Callable[[], Sequence[Choice]] = ()
    currency: str = "CNY"
    currency_path: str = ""
    digits: int = 0
    unit: Words = ""
    relation: str = ""  # code of the related record type
    relation_label: str = "name"  # its field that is shown
    within: str = ""  # offer only records that belong to what another field of the form holds: contacts of "customer"
    holds: bool | Q = True  # of a RELATION: what it points to is not deleted while this record stands, or stands so
    narrow: str = ""  # offer only records that answer this query string: "customer=<uid>"
    people: Callable[[], Collection[int]] | None = None  # of a PERSON: the numbers that a form offers; all by default
    filterable: bool = False
    editable: bool = False
    on_create: bool = True  # asked for in the create form, when editable
    on_edit: bool = True
    required: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    help: Words = ""
    name: str = ""  # the public name in URLs, API and export; by default the path's last step
    custom: int = 0  # the number of its definition, for a field that the enterprise added: see records.custom
    of: str = ""  # of TAGS: the code of the records that carry them
    is_indexed: bool = True  # whether the database finds and sorts its values among many

    @functools.cached_property
    def key(self) -> str:
        """The public name: in query strings, JSON and exports."""
        if self.name:
            return self.name
        last = self.path.rsplit("__", 1)[-1]
        return last.removesuffix("_id") if self.kind in (Kind.PERSON, Kind.DEPARTMENT) else last

    @property
    def options(self) -> tuple[Choice, ...]:
        """The choices, called for if they are made at run time."""
        return tuple(self.choices() if callable(self.choices) else self.choices)

    def offered(self, present: Any = None) -> tuple[Choice, ...]:
        """The choices that can still be made; a past one only where it stands already."""
        return tuple(one for one in self.options if not one.is_past or one.code == present)


@dataclass(frozen=True)
class Sort:
    """An offered order. Only orders that an index serves are offered.

    ``through`` names a one-to-one relation whose table carries the scope columns: the walk then goes along that
    table's index. The room promises a row there for each record. ``nulls_last`` matches the index.
    ``beside`` names such a relation whose table repeats the column: the walk goes there when all filters do.
    """

    field: str  # a Field.key
    path: str = ""  # the ORM path to order by, the field's own if empty
    descending: bool = False  # the first click
    nulls_last: bool = False
    through: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Section:
    """A titled group of fields on the record page and in the form."""

    title: Words
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """A list of other records that belong to this one, shown on its page: ``by`` is their RELATION field."""

    code: str
    by: str
    columns: tuple[str, ...] = ()
    rows: int = 10


@dataclass(frozen=True)
class BulkAction:
    """Something done to several selected records at once through one service function.

    ``run(viewer=…, uids=[…], **form values)`` returns how many were changed.
    """

    code: str
    title: Words
    icon: str
    run: Callable[..., int]
    level: Level = Level.EDIT
    fields: tuple[Field, ...] = ()
    destroys: Words = ""  # a sentence that names what is lost; asks before it runs
    sets: str = ""  # the field that its answer of the same name replaces: run with the value before, it is taken back


@dataclass(frozen=True)
class Confirm:
    """A refusal that a person may overrule: the form then offers a box, which sets ``keyword`` for the service."""

    refusal: str  # its code
    keyword: str
    words: Words


def _always(_viewer: Any, _row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Act:
    """Something done to one record: a button, the form behind it, a REST route, and the step of a board.

    ``run(viewer=…, uid=…, version=…, **values)`` is the room's service: it holds permission, rule, audit and event, and
    returns the row. ``fields`` is what it asks, or a function of viewer and row where the options depend on them (the
    contacts of this customer). ``when(viewer, row)`` says whether the act stands to reason now; ``posts`` to whom the
    button is shown. Both only spare people a refusal: what is allowed the service decides. ``start(row)`` fills the
    form beforehand. A refusal named in ``confirms`` comes back with a box; ticked, its keyword goes to the service.
    ``then(row)`` names the page to go to afterwards, where that is not the record.
    """

    code: str
    title: Words
    icon: str
    run: Callable[..., Any]
    fields: tuple[Field, ...] | Callable[[Any, Any], Sequence[Field]] = ()
    when: Callable[[Any, Any], bool] = _always
    posts: tuple[str, ...] = ()
    area: Area | None = None
    level: Level = Level.EDIT
    is_main: bool = False  # the next step that most people take: drawn as the filled button
    asks: Words = ""  # a sentence above the form
    destroys: Words = ""  # a sentence that names what is lost; asks before it runs
    start: Callable[[Any], Mapping[str, Any]] | None = None
    then: Callable[[Any], str] | None = None
    done: Words = ""  # what the notice says afterwards
    confirms: tuple[Confirm, ...] = ()  # refusals of the service that a person may overrule


@dataclass(frozen=True)
class Board:
    """The list as columns of cards: ``by`` is a CHOICE or BADGE field, a card is dragged by ``act``.

    ``act`` names an :class:`Act` whose field ``by`` takes the column's code. ``total`` names a MONEY field to add up
    per column. ``columns`` chooses and orders the codes shown, all options where empty. ``card``: the fields on a card.
    """

    by: str
    act: str
    card: tuple[str, ...]
    total: str = ""
    columns: tuple[str, ...] = ()
    is_first: bool = False  # shown before the table to who has chosen neither


@dataclass(frozen=True)
class Calendar:
    """The list as days of a month or week: ``by`` names DATE or DATETIME fields, the first one first.

    Each of them is an offered order, so that an index serves it. ``card``: the fields shown with the name.
    """

    by: tuple[str, ...]
    card: tuple[str, ...] = ()


class Matcher(Protocol):
    """How typed words find records; see :mod:`zhike.foundation.records.search`."""

    def __call__(self, viewer: Any, words: str) -> Any: ...


@dataclass(frozen=True)
class RecordType:
    """Everything the kit needs to know of one model.

    Services are called as ``create(viewer=…, **values)`` → the row, ``update(viewer=…, uid=…, version=…, **values)``
    → the row, ``delete(viewer=…, uid=…, version=…)``; values are keyed by :attr:`Field.key` (people and departments
    by number, relations by uid). They hold permission, rules, audit and event. Without a service the kit does not
    offer the act.
    What is deleted waits in the recycle bin: ``restore(viewer=…, uid=…)`` → the row takes it out again, or refuses; a
    refusal among ``confirms`` comes back with its box.
    ``reveal(viewer=…, uid=…, field=…, reason=…)`` → the full value of a masked one, and logs it.
    ``search`` is the kind under which the room indexes its documents, empty for no search field.
    ``acts`` change a record in another way than by its fields: a step, a decision, a hand-over.
    ``finds_persons(viewer)`` says who finds by personal values too: to all others, who see them masked, a find would
    confirm a guess.
    """

    model: type[Any]
    code: str
    area: Area
    title: Words
    plural: Words
    icon: str
    fields: tuple[Field, ...]
    list_columns: tuple[str, ...]
    default_sort: str
    sorts: tuple[Sort, ...]
    name_field: str = "name"
    section: str = ""  # entry of the navigation rail; "" for records that are reached through others only
    card: tuple[str, ...] = ()  # columns kept on a phone, after the name
    sections: tuple[Section, ...] = ()
    related: tuple[Related, ...] = ()
    views: tuple[View, ...] = ()
    quick: tuple[Quick, ...] = ()  # beside "mine" and "new this week", which the fields give by themselves
    search: str = ""
    search_hint: Words = ""
    found_by: tuple[str, ...] = ()  # without an index of their own: a number, and a RELATION that words find
    recheck: Callable[[Any, Sequence[int], str], Sequence[int]] | None = None
    finds_persons: Callable[[Any], bool] = lambda _viewer: True
    row_link: Callable[[UUID], str] | None = None
    create: Callable[..., Any] | None = None
    update: Callable[..., Any] | None = None
    delete: Callable[..., Any] | None = None
    restore: Callable[..., Any] | None = None
    reveal: Callable[..., str] | None = None
    confirms: tuple[Confirm, ...] = ()
    bulk: tuple[BulkAction, ...] = ()
    acts: tuple[Act, ...] = ()
    indexes: Callable[[Sequence[Any]], None] | None = None  # writes what words find of these rows anew
    importer: Any = None  # an importer.Importer: how such records come in from a file
    board: Board | None = None
    calendar: Calendar | None = None
    steps: str = ""  # the CHOICE or BADGE field whose options, in order, are the way of a record
    files: str | None = None  # takes attachments: the path to the customer whose key seals them, "" for itself
    duty_subject: str = ""  # under which kind duties are about these records: their clocks stand on the page
    empty: Words = ""  # one example of what belongs here
    creates: Words = ""  # what the button of a new one says, where "Save" would be wrong: "Send"
    created: Callable[[Any], str] | None = None  # what is said of a new one, where "Created." says too little
    order: int = 100

    def __post_init__(self) -> None:
        keys = [f.key for f in self.fields]
        twice = {key for key in keys if keys.count(key) > 1}
        if taken := [key for key in keys if key.startswith(CUSTOM)]:
            raise ValueError(f"{self.code}: {taken}: names that begin with {CUSTOM!r} are for custom fields")
        if twice:
            raise ValueError(f"{self.code}: fields share a name: {sorted(twice)}; give one of them name=…")
        named = {*self.list_columns, *self.card, self.name_field, *(s.field for s in self.sorts)}
        named.update(key for section in self.sections for key in section.fields)
        if missing := named - set(keys):
            raise ValueError(f"{self.code}: not among the fields: {sorted(missing)}")
        on_board = () if self.board is None else (self.board.by, *self.board.card, *filter(None, (self.board.total,)))
        if missing := {*on_board, *filter(None, (self.steps,))} - set(keys):
            raise ValueError(f"{self.code}: not among the fields: {sorted(missing)}")
        if self.board is not None and self.act(self.board.act) is None:
            raise ValueError(f"{self.code}: the board moves cards by {self.board.act!r}, which is no act")
        if (self.delete is None) != (self.restore is None):
            raise ValueError(f"{self.code}: what can be deleted can be restored, and the other way round")
        if self.calendar is not None and (missing := {*self.calendar.by, *self.calendar.card} - set(keys)):
            raise ValueError(f"{self.code}: not among the fields: {sorted(missing)}")
        if self.calendar is not None and not all(self.sort_spec(key) for key in self.calendar.by):
            raise ValueError(f"{self.code}: a calendar goes by dates that are offered orders: {self.calendar.by}")
        if self.sort_spec(self.default_sort) is None:
            raise ValueError(f"{self.code}: default sort {self.default_sort!r} is not offered")

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The declared fields, then those that the enterprise added."""
        return (*self.fields, *self.custom_fields)

    @property
    def custom_fields(self) -> tuple[Field, ...]:
        """The fields that the enterprise added, in the order of the form."""
        return added.fields(self.code) if self.takes_custom_fields else ()

    @property
    def all_sorts(self) -> tuple[Sort, ...]:
        """The declared orders, then those by fields that the enterprise added."""
        return (*self.sorts, *added.sorts(self.code)) if self.takes_custom_fields else self.sorts

    @property
    def takes_custom_fields(self) -> bool:
        """Whether fields can be added to these records: they are edited by a service and have the column."""
        return self.update is not None and hasattr(self.model, "custom")

    def field(self, key: str) -> Field | None:
        """The field of that public name."""
        among = self.custom_fields if key.startswith(CUSTOM) else self.fields
        return next((f for f in among if f.key == key), None)

    def sort_spec(self, name: str) -> Sort | None:
        """The offered order of that name; ``-`` in front turns it round."""
        key = name.lstrip("-")
        return next((s for s in (self.all_sorts if key.startswith(CUSTOM) else self.sorts) if s.field == key), None)

    def act(self, code: str) -> Act | None:
        """The act of that code."""
        return next((a for a in self.acts if a.code == code), None)

    @property
    def first_sort(self) -> str:
        """The order of a list that asks for none: ``default_sort`` in the direction of its first click."""
        spec = self.sort_spec(self.default_sort)
        turned = spec is not None and spec.descending and not self.default_sort.startswith("-")
        return f"-{self.default_sort}" if turned else self.default_sort

    def link(self, uid: UUID | str) -> str:
        """Where the record's page is."""
        return self.row_link(uid) if self.row_link else f"/{self.code}/{uid}/"  # type: ignore[arg-type]
