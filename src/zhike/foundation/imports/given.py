"""Values of one field as a program sent them: checked by the kind of the field, never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from zhike.foundation.imports.reading import IN_FUTURE, Problem
from zhike.foundation.kit import clock
from zhike.foundation.records import inputs
from zhike.foundation.records.declare import Field, Kind

_NO_UID = _("Send a uid.")


class Given:
    """Stands where :class:`reading.Column` stands for files: amounts in minor units, days as ISO, choices by code."""

    def __init__(self, field: Field, *, is_past: bool, is_uid: bool) -> None:
        self._field, self._is_past, self._is_uid = field, is_past, is_uid

    def values(self, given: Sequence[Any]) -> list[Any]:
        """One value each: None for nothing, a Problem for what the field does not take."""
        return [None if one is None or one == "" else self._one(one) for one in given]

    def _one(self, given: Any) -> Any:
        if self._is_uid or self._field.kind is Kind.PERSON:
            return self._named(given)
        try:
            found = inputs.checked(self._field, given)
        except ValueError as wrong:
            return Problem(str(wrong))
        return Problem(IN_FUTURE, str(given)) if self._is_past and _is_ahead(found) else found

    def _named(self, given: Any) -> Any:
        """A uid, as it stands or within an object as the API answers it; a person also by login or name."""
        text = given.get("uid") if isinstance(given, dict) else given
        if not isinstance(text, str):
            return Problem(_NO_UID)
        if not self._is_uid:
            return text
        try:
            return str(UUID(text))
        except ValueError:
            return Problem(_NO_UID)


def _is_ahead(found: Any) -> bool:
    if isinstance(found, dt.datetime):
        return found > clock.now()
    return isinstance(found, dt.date) and found > clock.today()
