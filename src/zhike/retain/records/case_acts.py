"""What is done to a retention case: interview, plan, decision, steps, outcome, archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhike.customers.public import contacts_shown
from zhike.foundation import approvals
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import able
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records import Act, Choice, Field, Kind
from zhike.retain.models import RetentionCase, RetentionPlan, RetentionStep
from zhike.retain.models.case import Answer, Evidence
from zhike.retain.policy import RoutePolicy
from zhike.retain.rules.case import may, may_approach
from zhike.retain.rules.playbook import playbook
from zhike.retain.selectors.cases import records_of_measures
from zhike.retain.services.approach import case_approach
from zhike.retain.services.case import case_take
from zhike.retain.services.interview import interview_log
from zhike.retain.services.outcome import case_archive, case_lose, case_save, last_talk
from zhike.retain.services.plan import (
    DECIDERS,
    plan_approve,
    plan_return,
    plan_submit,
    plan_write,
    step_add,
    step_done,
    step_drop,
)
from zhike.retain.wording import causes_to_state

_KINDS = (
    Choice("call", _("call")),
    Choice("visit", _("visit")),
    Choice("meeting", _("meeting")),
    Choice("wechat", _("WeChat")),
)


def _at(step: str) -> Any:
    """When the case stands where ``step`` belongs."""
    return lambda _viewer, case: may(step, case.state)


def _contact(viewer: Any, case: RetentionCase) -> Field:
    """With whom one talked: a contact of this customer."""
    shown = contacts_shown(viewer, case.customer_id) if viewer.may(Area.PROFILE, Level.BASIC) else []
    options = tuple(Choice(str(c.uid), f"{c.name} · {c.decision_role}") for c in shown)
    return Field("contact", _("With whom"), Kind.CHOICE, choices=options)


def _interview(viewer: Any, case: RetentionCase) -> Sequence[Field]:
    return (
        Field("ended_at", _("Ended at"), Kind.DATETIME, required=True, help=_("The plan's clock runs from then.")),
        Field("kind", _("Way of talking"), Kind.CHOICE, choices=_KINDS, required=True),
        _contact(viewer, case),
        Field("cause", _("Cause as the customer says it"), Kind.CHOICE, choices=causes_to_state, required=True),
        Field("words", _("In the customer's words"), Kind.LONG_TEXT, required=True),
        Field("would_keep", _("What would keep them"), Kind.LONG_TEXT),
    )


def _plan(viewer: Any, case: RetentionCase) -> Sequence[Field]:
    cause = _plan_of(case).cause if _plan_of(case) else case.cause
    return (
        Field("cause", _("Cause"), Kind.CHOICE, choices=causes_to_state, required=True),
        Field("measure", _("Measure"), Kind.CHOICE, choices=_proposed(viewer.language, cause), required=True,
              help=_("Those for this cause come first, each with how it did before.")),
        Field("offer", _("Offer"), Kind.LONG_TEXT, required=True, help=_("What exactly the customer gets, from when.")),
        Field("goal", _("Goal"), required=True, max_length=200, help=_("Example: renewal contract signed.")),
        Field("goal_on", _("Goal reached by"), Kind.DATE, required=True),
        Field("cost_minor", _("Cost"), Kind.MONEY, name="cost", minimum=0),
    )  # fmt: skip


def _proposed(language: str, cause: str) -> tuple[Choice, ...]:
    measures = playbook().measures_for(cause)
    records = records_of_measures(cause, [measure.code for measure in measures])
    return tuple(Choice(m.code, f"{m.title.said_in(language)} ({record_words(records.get(m.code))})") for m in measures)


def record_words(record: Any) -> str:
    """How a measure did before: "kept 14 of 23 customers", or that there is no case yet."""
    if record is None:
        return str(_("no case yet"))
    words = ngettext("kept %(kept)d of %(used)d customer", "kept %(kept)d of %(used)d customers", record.used)
    return words % vars(record)


def _plan_of(case: RetentionCase) -> RetentionPlan | None:
    return RetentionPlan.objects.filter(case=case).first()


def _plan_start(case: RetentionCase) -> dict[str, Any]:
    plan = _plan_of(case)
    if plan is None:
        return {"cause": case.cause, "goal_on": clock.today() + dt.timedelta(days=current().get(RoutePolicy).goal_days)}
    names = ("cause", "measure", "offer", "goal", "goal_on")
    return {name: getattr(plan, name) for name in names} | {"cost": plan.cost_minor}


def _steps(_viewer: Any, case: RetentionCase) -> Field:
    open_steps = RetentionStep.objects.filter(plan__case=case, done_at=None)
    options = tuple(Choice(str(step.uid), f"{step.what} ({step.due_on:%Y-%m-%d})") for step in open_steps)
    return Field("step", _("Step"), Kind.CHOICE, choices=options, required=True)


def _has_steps(step: str) -> Any:
    return lambda _viewer, case: (
        may(step, case.state) and RetentionStep.objects.filter(plan__case=case, done_at=None).exists()
    )


def _has_plan(step: str) -> Any:
    return lambda _viewer, case: may(step, case.state) and _plan_of(case) is not None


def _may_approach(_viewer: Any, case: RetentionCase) -> bool:
    return may("approach", case.state) and may_approach(case.recontact_on, clock.today())


def _may_decide(viewer: Any, case: RetentionCase) -> bool:
    """When the plan waits for this viewer: others see in the course whom it waits for."""
    running = approvals.running("retention_case", case.pk)
    return may("decide", case.state) and (running is None or approvals.may_sign(viewer, running))


_NOTE = Field("note", _("Note"), Kind.LONG_TEXT, max_length=400)
_OUTCOME = Field("outcome", _("How it came about"), Kind.LONG_TEXT, required=True)

ACTS = (
    Act(
        "interview", _("Log the interview"), "message-question", interview_log, fields=_interview,
        when=_at("interview"), is_main=True, start=lambda _case: {"ended_at": clock.now()},
        done=_("Interview logged. The retention plan is due now."),
    ),
    Act(
        "take", _("Take over the lead"), "user-check", case_take, posts=("sales_lead",),
        when=lambda viewer, case: case.offered_at is not None and case.owner_id != viewer.person_id, is_main=True,
        done=_("You lead this case now."),
    ),
    Act(
        "plan", _("Write the plan"), "file-pencil", plan_write, fields=_plan, when=_at("plan"), is_main=True,
        start=_plan_start, done=_("Plan written. Add its steps, then submit it."),
    ),
    Act(
        "add-step", _("Add a step"), "playlist-add", step_add, when=_has_plan("step"),
        fields=(
            Field("what", _("Step"), required=True, max_length=200),
            Field("owner_id", _("Who"), Kind.PERSON, required=True, people=partial(able, Area.HEALTH)),
            Field("due_on", _("By"), Kind.DATE, required=True),
        ),
    ),
    Act(
        "drop-step", _("Take out a step"), "playlist-x", step_drop, when=_has_steps("plan"),
        fields=lambda viewer, case: (_steps(viewer, case),),
    ),
    Act(
        "submit", _("Submit the plan"), "file-upload", plan_submit, when=_has_steps("plan"), is_main=True,
        done=_("Submitted. The sales lead or the management decides."),
    ),
    Act(
        "approve", _("Approve the plan"), "circle-check", plan_approve, when=_may_decide, posts=DECIDERS,
        level=Level.APPROVE, is_main=True, fields=(_NOTE,),
        done=_("Approved. The steps are tasks of their owners now."),
    ),
    Act(
        "return", _("Return the plan"), "arrow-back-up", plan_return, when=_may_decide, posts=DECIDERS,
        level=Level.APPROVE, fields=(Field("reason", _("Reason"), Kind.LONG_TEXT, required=True, max_length=400),),
    ),
    Act(
        "step-done", _("Mark a step as done"), "checkbox", step_done, when=_has_steps("work"), is_main=True,
        fields=lambda viewer, case: (_steps(viewer, case), _NOTE),
    ),
    Act(
        "save", _("Customer saved"), "heart-check", case_save, when=_at("save"),
        fields=(
            Field("evidence", _("What shows it"), Kind.CHOICE, required=True,
                  choices=tuple(Choice(code, label) for code, label in Evidence.choices)),
            _OUTCOME,
        ),
        done=_("Saved. The case is closed."),
    ),
    Act(
        "lose", _("Customer lost"), "heart-x", case_lose, when=_at("lose"), fields=(_OUTCOME,),
        destroys=_("The case ends as lost. Last talk, true reason and file are owed from now on."),
    ),
    Act(
        "last-talk", _("Log the last talk"), "message-2", last_talk, when=_at("archive"), is_main=True,
        start=lambda _case: {"ended_at": clock.now()},
        fields=lambda viewer, case: (
            Field("ended_at", _("Ended at"), Kind.DATETIME, required=True),
            Field("kind", _("Way of talking"), Kind.CHOICE, choices=_KINDS, required=True),
            _contact(viewer, case),
            Field("true_reason", _("True reason for leaving"), Kind.CHOICE, choices=causes_to_state, required=True),
            Field("words", _("In the customer's words"), Kind.LONG_TEXT, required=True),
            Field("is_welcomed", _("Told they are welcome back"), Kind.BOOL),
        ),
    ),
    Act(
        "archive", _("Archive the file"), "archive", case_archive, when=_at("archive"),
        fields=(
            Field("analysis", _("Analysis"), Kind.LONG_TEXT, required=True,
                  help=_("What could have kept this customer, and what we change.")),
        ),
    ),
    Act(
        "approach", _("Log the new approach"), "phone-check", case_approach, when=_may_approach, is_main=True,
        start=lambda _case: {"talked_at": clock.now()},
        fields=lambda viewer, case: (
            Field("talked_at", _("Talked at"), Kind.DATETIME, required=True),
            Field("kind", _("Way of talking"), Kind.CHOICE, choices=_KINDS, required=True),
            _contact(viewer, case),
            Field("answer", _("What the customer answers"), Kind.CHOICE, required=True,
                  choices=tuple(Choice(code, label) for code, label in Answer.choices)),
            Field("again_on", _("Approach again on"), Kind.DATE, help=_("Only if the answer is “later”.")),
            Field("words", _("In the customer's words"), Kind.LONG_TEXT, required=True),
        ),
        done=_("Noted. If the customer wants to talk again, open an opportunity on the customer's page."),
    ),
)  # fmt: skip
