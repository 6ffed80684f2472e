"""Refusals: one exception per reason to say no, mapped once to problem+json and once to a sentence."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Base of all refusals. ``code`` is stable for machines; ``data`` fills the sentence for people.

    ``sentence`` is a gettext msgid with named placeholders that says what to do next.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = "This is not possible."

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code, data)
        self.data = data


class NotFound(Refusal):
    """There is no such record, or the viewer may not know of it."""

    code = "not_found"
    status = 404
    sentence = "This record does not exist, or you do not have access to it."


class Forbidden(Refusal):
    """The viewer's posts do not include this area or action."""

    code = "forbidden"
    status = 403
    sentence = "Your post does not include this. Ask your superior or IT if you need it."


class Invalid(Refusal):
    """Fields that cannot be accepted: ``data['fields']`` maps a field to its problem."""

    code = "invalid"
    status = 422
    sentence = "Some fields need correcting."


class Stale(Refusal):
    """Somebody else changed the record meanwhile."""

    code = "stale"
    status = 409
    sentence = "Somebody changed this record while you were editing. Compare both and save again."
