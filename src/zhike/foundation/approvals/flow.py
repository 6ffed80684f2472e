"""A flow as data: what is decided on, in which steps, by whom, within what. Pure but for the ports of the room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.text import Text

PolicyValue = tuple[str, str]  # ("retain.route", "management_cost")
PLACES = ("post", "relation", "person")
RULES = ("any", "all")
# Relations that the organisation answers itself; others are answered by the rooms (see ports).
OF_AUTHOR = ("superior", "department_head")


class FlowFault(ValueError):
    """A flow contradicts itself; it is found at start, or when a version of it is written."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{where}: {code}" if where else code)
        self.code, self.where = code, where


@dataclass(frozen=True)
class Value:
    """A number of the subject that a step may depend on. ``unit``: minor (money), count, ratio, days."""

    code: str
    title: Any
    unit: str = "minor"


@dataclass(frozen=True)
class Condition:
    """The step is asked where the value is at least the policy number."""

    value: str
    limit: PolicyValue


@dataclass(frozen=True)
class Ask:
    """A text that a signer of the step has to write, besides the words of the decision."""

    code: str
    label: Any
    max_length: int = 2000


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a flow.

    ``who`` are the places where its signers are found, all of them: ``post:legal``, ``relation:superior`` and
    ``relation:department_head`` (of the author), ``relation:customer_manager`` and others that rooms answer,
    ``person:<uid>``. ``rule``: the word of one is enough (any), or everybody's is needed (all). ``holding`` are posts
    of which a signer of this step holds one. ``is_owed=False``: a duty of the room already has this clock.
    ``is_fixed``: an edited version keeps the step.
    """

    code: str
    title: Any
    who: tuple[str, ...]
    rule: str = "any"
    when: Condition | None = None
    within: PolicyValue | None = ("approvals.standard", "step_days")
    clock: str = "working"
    holding: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    is_owed: bool = True
    is_fixed: bool = False


@dataclass(frozen=True)
class Asked:
    """What an approval is about when it starts. No personal values of natural persons.

    ``title`` names it as the room's own lists do; ``values`` are what conditions look at.
    """

    subject_id: int
    subject_uid: Any
    title: str
    author_id: int | None
    customer_id: int | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True)
class Said:
    """The word of one signer, as the room hears it at the end."""

    person_id: int | None
    step: str
    verdict: str
    words: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How an approval ended: approved, rejected or returned; with the word that ended it, and all words before."""

    verdict: str
    words: str
    answers: Mapping[str, str]  # all answers of the round; a later one replaces an earlier one
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Fact:
    """One line of what an approver has to know, made for the viewer (masked as the viewer's posts say)."""

    label: Any
    value: Any
    is_long: bool = False


@dataclass(frozen=True)
class Change:
    """What changes: before and after."""

    label: Any
    before: Any
    after: Any


def _nothing(_viewer: Viewer, _row: Any) -> list[Any]:
    return []


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What is decided on, and how. The functions are the room's; all of them get the subject's row, held and locked.

    ``hold(viewer, subject_id)`` locks the subject, what it belongs to before it, and raises NotFound where the viewer
    does not see it; ``sees`` says the same without a lock, ``row`` reads it for a page. ``decided`` is the room's
    service: it writes the room's state as the deciding viewer, in the same transaction. ``withdraw``, where there is
    one, takes the subject back for its author, and calls :func:`call_off`. ``named(title, language)`` reads a title
    that is stored as a code. ``waiting`` yields subjects that wait for a decision, for those that came to it before
    there was a flow. ``authors`` are the people who had a hand in it.
    """

    code: str
    title: Any
    subject: str
    area: Area
    starts: Any
    steps: tuple[Step, ...]
    hold: Callable[[Viewer, int], Any]
    sees: Callable[[Viewer, int], bool]
    row: Callable[[int], Any]
    asked: Callable[[Any], Asked]
    decided: Callable[[Viewer, Any, Outcome], Any]
    authors: Callable[[Any], Collection[int | None]]
    link: Callable[[Any], str]
    level: Level = Level.APPROVE
    icon: str = "checkup-list"
    record: str = ""  # code of the record type on whose page the course is shown
    verdicts: tuple[str, ...] = ("rejected", "returned")
    fallback: tuple[str, ...] = ("post:management",)
    copies: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    conditions: tuple[Condition, ...] = ()  # those that an edited step may have
    relations: tuple[str, ...] = OF_AUTHOR
    withdraw: Callable[[Viewer, Any, str], Any] | None = None
    named: Callable[[str, str], str] = lambda title, _language: title
    waiting: Callable[[], Iterable[Any]] = tuple
    facts: Callable[[Viewer, Any], list[Fact]] = _nothing
    changes: Callable[[Viewer, Any], list[Change]] = _nothing

    def __post_init__(self) -> None:
        check(self, self.steps, self.copies, self.fallback)

    def step(self, code: str) -> Step | None:
        """The declared step of that code."""
        return next((step for step in self.steps if step.code == code), None)


def check(flow: Flow, steps: Collection[Step], copies: Collection[str], fallback: Collection[str]) -> None:
    """Raise FlowFault where these steps cannot be those of the flow: the bounds within which a flow is edited."""
    if not steps:
        raise FlowFault("no_steps", flow.code)
    codes = [step.code for step in steps]
    if len(set(codes)) != len(codes):
        raise FlowFault("same_step_twice", flow.code)
    for step in steps:
        _check_step(flow, step)
    if missing := [step.code for step in flow.steps if step.is_fixed and step.code not in codes]:
        raise FlowFault("fixed_step_missing", missing[0])
    for place in (*copies, *fallback):
        _check_place(flow, place)
    if not fallback:
        raise FlowFault("no_fallback", flow.code)


def _check_step(flow: Flow, step: Step) -> None:
    if not step.who:
        raise FlowFault("nobody", step.code)
    if step.rule not in RULES:
        raise FlowFault("no_rule", step.code)
    for place in step.who:
        _check_place(flow, place)
    if step.when is not None and step.when.value not in {value.code for value in flow.values}:
        raise FlowFault("unknown_value", step.code)
    declared = flow.step(step.code)
    if declared is not None and declared.is_fixed:
        kept = (step.asks, step.holding, step.when) == (declared.asks, declared.holding, declared.when)
        if not kept or not set(declared.who) & set(step.who):
            raise FlowFault("fixed_step_changed", step.code)


def _check_place(flow: Flow, place: str) -> None:
    kind, _colon, name = place.partition(":")
    if kind not in PLACES or not name:
        raise FlowFault("no_place", place)
    if kind == "post" and name not in posts():
        raise FlowFault("no_post", place)
    if kind == "relation" and name not in flow.relations:
        raise FlowFault("no_relation", place)


def in_both(words: Any) -> dict[str, str]:
    """A title as it stands in a running approval: in both languages, whatever the code says later."""
    from django.utils import translation  # the declarations are pure until they are said

    if isinstance(words, Text):
        return {"zh": words.zh, "en": words.en}
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = str(words)
    return found


def said_in(words: Mapping[str, str], language: str) -> str:
    """The title in the reader's language."""
    return words.get("zh" if language.lower().startswith("zh") else "en", "") or next(iter(words.values()), "")
