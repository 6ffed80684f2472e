"""REST routes of automation that are more than records: what a rule says, a dry run, a secret."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from zhike.automate import declare
from zhike.automate.rules.definition import from_json
from zhike.automate.selectors import rule_get, webhook_get
from zhike.automate.services import checking
from zhike.automate.services.rule import rule_define
from zhike.automate.services.trying import tried_out
from zhike.automate.services.webhook import webhook_secret
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid

router = Router(tags=["automate"])


class StepBody(Schema):
    """One action: its code, and what its questions are answered with, as typed on the page."""

    code: str = Field(max_length=60)
    answers: dict[str, list[str]] = {}


class SaysBody(Schema):
    """What a rule says besides its kind, event and kind of records; ``where`` as in ``?where=`` of lists."""

    version: int
    wait_hours: float = 0
    date_field: str = Field("", max_length=60)
    days: int = 0
    rhythm: str = Field("daily", max_length=10)
    weekday: int = 0
    at: str = Field("09:00", max_length=5)
    where: str = Field("", max_length=2000)
    steps: list[StepBody] = Field([], max_length=8)


class SaysOut(Schema):
    """The draft of a rule, and what keeps it from being put in force, by place."""

    version: int
    definition: dict[str, Any]
    problems: dict[str, str]


class ExampleOut(Schema):
    """A record on which the rule would have fired."""

    at: dt.datetime | None
    label: str
    link: str


class TriedOut(Schema):
    """How often the draft would have fired within ``days``; ``standing`` records meet the condition now."""

    count: int
    days: float
    is_all: bool
    standing: int
    examples: list[ExampleOut]
    problems: dict[str, str]


class ActionOut(Schema):
    """An action that the caller's posts allow on the records of a rule, and the names of its questions."""

    code: str
    title: str
    asks: list[str]


class SecretBody(Schema):
    """The secret of a group robot, as its service shows it."""

    secret: str = Field("", max_length=200)


class KeptOut(Schema):
    """The subscription after a secret was kept."""

    uid: UUID
    version: int


class SecretOut(Schema):
    """A new secret; it is not shown again."""

    uid: UUID
    version: int
    secret: str


def _viewer(request: HttpRequest, area: Area, level: Level) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require(area, level)
    return viewer


@router.get("/rules/{uuid:uid}/definition", response=SaysOut, operation_id="rule_definition")
def definition(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """The draft of a rule."""
    viewer = _viewer(request, Area.AUTOMATION, Level.BASIC)
    return _says(viewer, rule_get(viewer, uid))


@router.put("/rules/{uuid:uid}/definition", response=SaysOut, operation_id="rule_define")
def define(request: HttpRequest, uid: UUID, body: SaysBody) -> dict[str, Any]:
    """Keep a draft, complete or not; what is in force goes on as it was until the act ``turn_on``."""
    viewer = _viewer(request, Area.AUTOMATION, Level.EDIT)
    rule = rule_get(viewer, uid)
    given = body.dict() | {"kind": rule.kind, "event": rule.event, "subject": rule.subject}
    try:
        wished = from_json(given)
    except ValueError as wrong:
        raise Invalid(fields={"definition": str(wrong)}) from None
    return _says(viewer, rule_define(viewer=viewer, uid=uid, version=body.version, definition=wished))


def _says(viewer: Viewer, rule: Any) -> dict[str, Any]:
    problems = checking.problems_of(viewer, from_json(rule.draft))
    return {"version": rule.version, "definition": rule.draft, "problems": problems}


@router.post("/rules/{uuid:uid}/try", response=TriedOut, operation_id="rule_try")
def try_out(request: HttpRequest, uid: UUID) -> Any:
    """A dry run of the draft: nothing is done."""
    viewer = _viewer(request, Area.AUTOMATION, Level.BASIC)
    return tried_out(viewer, from_json(rule_get(viewer, uid).draft))


@router.get("/rules/{uuid:uid}/actions", response=list[ActionOut], operation_id="rule_actions")
def actions(request: HttpRequest, uid: UUID) -> list[dict[str, Any]]:
    """What the rule may do with the caller's rights."""
    viewer = _viewer(request, Area.AUTOMATION, Level.BASIC)
    record_type = checking.type_of(rule_get(viewer, uid).subject)
    found = declare.actions(viewer, record_type) if record_type else []
    return [
        {"code": a.code, "title": str(a.title), "asks": [f.key for f in a.fields(viewer, record_type)]}  # type: ignore[arg-type]
        for a in found
    ]


@router.post("/webhooks/{uuid:uid}/secret", response=SecretOut, operation_id="webhook_secret")
def secret(request: HttpRequest, response: HttpResponse, uid: UUID) -> dict[str, Any]:
    """A new secret, shown this once; the one before signs as well for a while. That of a robot is given: PUT."""
    viewer = _viewer(request, Area.SETTINGS, Level.EDIT)
    hook, made = webhook_secret(viewer=viewer, uid=uid)
    response["Cache-Control"] = "no-store"
    return {"uid": hook.uid, "version": hook.version, "secret": made}


@router.put("/webhooks/{uuid:uid}/secret", response=KeptOut, operation_id="webhook_secret_given")
def given_secret(request: HttpRequest, uid: UUID, body: SecretBody) -> dict[str, Any]:
    """Keep the secret of a group robot, as its service shows it; it is never shown."""
    viewer = _viewer(request, Area.SETTINGS, Level.EDIT)
    if not webhook_get(viewer, uid).is_robot:
        raise Invalid(fields={"secret": "not_an_option"})
    hook, _kept = webhook_secret(viewer=viewer, uid=uid, given=body.secret)
    return {"uid": hook.uid, "version": hook.version}


for _view, _area, _level in (
    (definition, Area.AUTOMATION, Level.BASIC), (define, Area.AUTOMATION, Level.EDIT),
    (try_out, Area.AUTOMATION, Level.BASIC), (actions, Area.AUTOMATION, Level.BASIC),
    (secret, Area.SETTINGS, Level.EDIT), (given_secret, Area.SETTINGS, Level.EDIT),
):  # fmt: skip
    _view.route = Route(Door.AREA, _area, _level)  # type: ignore[attr-defined]
