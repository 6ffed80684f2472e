"""What an event is: a frozen dataclass in the past tense that travels as JSON. Pure: neither Django nor a database."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime as dt
import functools
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, dataclass_transform

from zhike.foundation.kit import clock, ids

LIVE = "live"


class EventFault(TypeError):
    """An event is declared or stored in a way that cannot travel."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Carries identifiers and plain values, never a personal value.

    ``origin`` is ``live``, ``import`` or ``sample``; only live events start duties and messages.
    """

    event_name: ClassVar[str] = ""
    event_version: ClassVar[int] = 1

    uid: uuid.UUID = field(default_factory=ids.uid)
    at: dt.datetime = field(default_factory=clock.now)
    origin: str = LIVE

    @property
    def key(self) -> str:
        """Events of one key reach each subscriber in the order they happened: the customer's, if there is one."""
        customer_id = getattr(self, "customer_id", None)
        return self.event_name if customer_id is None else f"customer:{customer_id}"

    @property
    def is_live(self) -> bool:
        """Whether this happened just now, rather than being history or sample data."""
        return self.origin == LIVE


E = TypeVar("E", bound=Event)
_REGISTRY: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def event(name: str, *, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Make a subclass of :class:`Event` a frozen dataclass with keyword fields and register it as ``room.Name``.

    Raises EventFault when the name is taken, or a field's type cannot travel as JSON.
    """

    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.event_name = name
        made.event_version = version
        known = _REGISTRY.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise EventFault(f"{name} is declared twice: {known.__module__} and {cls.__module__}")
        _REGISTRY[name] = made
        _kinds_by_name.cache_clear()
        for field_name, kind in _kinds(made).items():
            if not _can_travel(kind):
                raise EventFault(f"{name}.{field_name}: {kind} cannot travel as JSON")
        return made

    return register


def declared() -> Mapping[str, type[Event]]:
    """All events known so far, by name."""
    return dict(_REGISTRY)


def to_json(happened: Event) -> dict[str, Any]:
    """The event's own fields as JSON values; ``uid``, ``at`` and ``origin`` stand beside it in the row."""
    kinds = _kinds(type(happened))
    return {name: _out(getattr(happened, name), name) for name in kinds if name not in _BASE}


def from_json(name: str, payload: Mapping[str, Any], *, uid: uuid.UUID, at: dt.datetime, origin: str) -> Event:
    """The event that :func:`to_json` wrote. Fields that no longer exist are left out.

    Raises EventFault when nobody declares ``name``, or a field without default is missing.
    """
    cls = _REGISTRY.get(name)
    if cls is None:
        raise EventFault(f"nobody declares the event {name}")
    values = {key: _in(payload[key], kind) for key, kind in _kinds(cls).items() if key in payload}
    try:
        return cls(uid=uid, at=at, origin=origin, **values)
    except TypeError as missing:
        raise EventFault(f"{name}: {missing}") from missing


_BASE = frozenset({"uid", "at", "origin"})
_PLAIN = (str, int, float, bool, type(None), dt.date, dt.datetime, uuid.UUID)


def _can_travel(kind: Any) -> bool:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType, tuple, list):
        return all(part is Ellipsis or _can_travel(part) for part in parts)
    if origin in (dict, collections.abc.Mapping):
        return bool(parts) and parts[0] is str
    return kind is Any or (isinstance(kind, type) and (kind in _PLAIN or issubclass(kind, StrEnum)))


def _kinds(cls: type[Event]) -> Mapping[str, Any]:
    return _kinds_by_name(cls.event_name)


@functools.cache
def _kinds_by_name(name: str) -> Mapping[str, Any]:
    cls = _REGISTRY[name]
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


def _out(value: Any, name: str) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case dt.datetime() if value.tzinfo is None:
            raise EventFault(f"{name}: a moment without a time zone")
        case dt.datetime() | dt.date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case list() | tuple():
            return [_out(part, name) for part in value]
        case Mapping():
            return {str(key): _out(part, name) for key, part in value.items()}
        case _:
            raise EventFault(f"{name}: {type(value).__name__} cannot travel as JSON")


def _in(value: Any, kind: Any) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if value is None or kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        return _in(value, next(part for part in parts if part is not type(None)))
    if origin is tuple:
        inner = parts if len(parts) == len(value) and Ellipsis not in parts else parts[:1] * len(value)
        return tuple(_in(part, one) for part, one in zip(value, inner, strict=True))
    if origin is list:
        return [_in(part, parts[0]) for part in value]
    if kind is dt.datetime or kind is dt.date:
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, uuid.UUID | StrEnum):
        return kind(value)
    return value
