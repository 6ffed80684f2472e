"""Changes in two steps: tried out and told in words, then confirmed by a code and made once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.core.signing import Signer
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext, override

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records import many, values
from zhike.foundation.records.declare import RecordType
from zhike.interfaces.mcp.calls import Answer, Caller
from zhike.interfaces.mcp.policy import ChangePolicy
from zhike.interfaces.mcp.refusals import AlreadyConfirmed, NothingToConfirm, TooLateToConfirm

_KEPT = 200  # changes that wait for their confirmation at most
_LONGEST_WORDS = 2_000


@dataclass(frozen=True)
class Change:
    """A call of the API that would change something; ``uid`` of which record, if there is one already."""

    record_type: RecordType
    method: str
    path: str
    body: Mapping[str, Any]
    uid: UUID | None = None


@dataclass
class _Waiting:
    change: Change
    person_id: int | None
    until: dt.datetime
    is_done: bool = False


def tried(caller: Caller, change: Change, verb: Callable[[], str]) -> tuple[list[str], Viewer]:
    """What the change would do, in words: made by the service that would make it, and taken back. Raises Refused.

    ``verb`` says in the person's language what it is.
    """
    with transaction.atomic():
        try:
            return _tried(caller, change, verb)
        finally:
            transaction.set_rollback(True)


def _tried(caller: Caller, change: Change, verb: Callable[[], str]) -> tuple[list[str], Viewer]:
    kind = change.record_type
    address = f"/{kind.code}/{change.uid}" if change.uid else f"/kinds/{kind.code}"
    viewer = caller.ask("GET", address).viewer
    with override(viewer.language):
        plan = values.plan(viewer, kind)
        before = many.texts(viewer, plan, change.uid) if change.uid else None
        done = caller.ask(change.method, change.path, body=change.body)
        after = many.texts(viewer, plan, UUID(str(done.data["uid"])))
        compared = many.compared(kind, plan, before or ["" for _column in plan.columns], after)
        name = compared.name or (many.compared(kind, plan, after, after).name if after else "")
        head = f"{verb()}: {kind.title} {name}".strip()
        return [head, *_lines(compared.differences)], viewer


def _lines(differences: list[tuple[str, str, str]]) -> list[str]:
    if not differences:
        return [gettext("No field that you can read changes.")]
    nothing = gettext("empty")
    said = [f"{label}: {old or nothing} → {new or nothing}" for label, old, new in differences if label]
    said += [new for label, _old, new in differences if not label]
    return [line[:_LONGEST_WORDS] for line in said]


class Desk:
    """The changes of one assistant that wait for their confirmation."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()

    def promised(self, change: Change, viewer: Viewer) -> tuple[str, dt.datetime]:
        """A code for the change, and until when it is good."""
        number = secrets.token_urlsafe(9)
        until = clock.now() + dt.timedelta(minutes=current().get(ChangePolicy).confirm_minutes)
        waiting = self._waiting[number] = _Waiting(change, viewer.person_id, until)
        while len(self._waiting) > _KEPT:
            self._waiting.popitem(last=False)
        return f"{number}.{_seal(number, waiting)}", until

    def confirmed(self, caller: Caller, code: str) -> tuple[Answer, Change]:
        """Make the change whose code this is. Raises NothingToConfirm, TooLateToConfirm, AlreadyConfirmed, Refused.

        Kept in the transaction of the change itself, as any call with an Idempotency-Key: killed in between and sent
        again, it is done once.
        """
        number, _, seal = code.partition(".")
        waiting = self._waiting.get(number)
        if waiting is None or not constant_time_compare(seal, _seal(number, waiting)):
            raise NothingToConfirm()
        if waiting.is_done:
            raise AlreadyConfirmed()
        if clock.now() > waiting.until:
            raise TooLateToConfirm(minutes=current().get(ChangePolicy).confirm_minutes)
        change = waiting.change
        answer = caller.ask(change.method, change.path, body=change.body, once=f"mcp-{number}")
        waiting.is_done = True
        if answer.is_repeated or answer.viewer.person_id != waiting.person_id:
            raise AlreadyConfirmed()
        return answer, change


def _seal(number: str, waiting: _Waiting) -> str:
    """A signature over whose change it is, what it does to which version of which record, and until when."""
    change = waiting.change
    said = orjson.dumps(
        [number, waiting.person_id, change.method, change.path, change.body, waiting.until],
        option=orjson.OPT_SORT_KEYS,
    )
    return Signer(salt="zhike.mcp.change").signature(said.decode())
