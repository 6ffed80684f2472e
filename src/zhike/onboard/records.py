"""How projects, milestones and hand-overs are listed, shown and moved along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhike.customers.public import contact_cards
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.people import holders_of
from zhike.foundation.kit import clock
from zhike.foundation.records import (
    Act,
    Calendar,
    Choice,
    Field,
    Kind,
    RecordType,
    Related,
    Section,
    Sort,
    View,
    register,
)  # fmt: skip
from zhike.foundation.records.names import people
from zhike.onboard.models import HandOver, Milestone, Project
from zhike.onboard.models.hand_over import HandOverState
from zhike.onboard.models.project import MilestoneState, ProjectState
from zhike.onboard.services import acceptance, hand_over, project

_PROJECT = {"forming": ("warn", "users-group"), "delivering": ("info", "truck-delivery"),
            "testing": ("info", "clipboard-list"), "rectifying": ("bad", "tool"),
            "accepted": ("good", "circle-check"), "handed_over": ("good", "arrows-exchange"),
            "ended": ("bad", "ban")}  # fmt: skip
_MILESTONE = {"open": ("neutral", "flag"), "late": ("bad", "alarm"), "done": ("good", "circle-check"),
              "done_late": ("warn", "circle-check")}  # fmt: skip
_HAND_OVER = {"offered": ("info", "arrows-exchange"), "accepted": ("good", "user-check"),
              "declined": ("bad", "arrow-back-up"), "withdrawn": ("neutral", "arrow-back-up")}  # fmt: skip


def _badges(enum: Any, looks: Mapping[str, tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, *looks[value]) for value, label in enum.choices)


def _stands(*states: str) -> Any:
    return lambda _viewer, row: row.state in states


def _holders(*posts: str) -> tuple[Choice, ...]:
    """Who holds one of the posts, by uid, each once."""
    found = {person.uid: person.name for post in posts for person in holders_of(post)}
    return tuple(Choice(str(uid), name) for uid, name in sorted(found.items(), key=lambda item: item[1]))


def _team_fields(_viewer: Any, _row: Project) -> Sequence[Field]:
    return (
        Field("sales_lead", _("Sales lead"), Kind.CHOICE, choices=_holders("sales_lead"), required=True),
        Field("implementation_manager", _("Implementation manager"), Kind.CHOICE,
              choices=_holders("implementation_manager"), required=True),
        Field("service_representative", _("Service representative"), Kind.CHOICE,
              choices=_holders("service_representative"), required=True),
    )  # fmt: skip


def _team_start(row: Project) -> dict[str, Any]:
    held = {code: people.get(getattr(row, f"{code}_id")) for code in project.TEAM}
    return {code: str(person.uid) for code, person in held.items() if person is not None}


def _team(*, viewer: Any, uid: UUID, version: int, **who: str) -> Project:
    return project.project_team(viewer=viewer, uid=uid, version=version, **_numbers(who))


def _numbers(who: Mapping[str, str]) -> dict[str, int]:
    """People chosen by uid, by number; nobody known is number 0, which no service accepts."""
    return {code: people.number(UUID(uid)) or 0 for code, uid in who.items()}


def _test_fields(_viewer: Any, row: Project) -> Sequence[Field]:
    cards = contact_cards(row.customer_id)
    signers = tuple(Choice(str(card.uid), f"{card.name} {card.title}".strip()) for card in cards)
    if row.customer.kind == "person":
        signers = (Choice("self", gettext("The customer in person")), *signers)
    return (
        Field("outcome", _("Outcome"), Kind.CHOICE, required=True,
              choices=(Choice("passed", _("passed")), Choice("failed", _("failed")))),
        Field("tested_on", _("Tested on"), Kind.DATE, required=True),
        Field("comments", _("Comments of the customer"), Kind.LONG_TEXT, max_length=4000,
              help=_("Needed when the test failed.")),
        Field("signer", _("Signed for the customer by"), Kind.CHOICE, choices=signers,
              help=_("Needed when the test passed.")),
        Field("signed_on", _("Signed on"), Kind.DATE),
    )  # fmt: skip


def _receiver_fields(_viewer: Any, _row: Project) -> Sequence[Field]:
    return (
        Field("receiver", _("Receiver"), Kind.CHOICE, choices=_holders(*hand_over.RECEIVERS), required=True,
              help=_("Somebody of customer success or service; the receiver owns the customer after accepting.")),
        Field("history", pgettext_lazy("customer", "History"), Kind.LONG_TEXT, required=True, max_length=4000),
        Field("needs_background", _("Background of the needs"), Kind.LONG_TEXT, required=True, max_length=4000),
        Field("goals", _("Goals"), Kind.LONG_TEXT, required=True, max_length=4000),
    )  # fmt: skip


def _offer(*, viewer: Any, uid: UUID, version: int, receiver: str, **texts: str) -> Project:
    who = _numbers({"receiver": receiver})
    return hand_over.hand_over_offer(viewer=viewer, uid=uid, version=version, **who, **texts)


def _offer_start(row: Project) -> dict[str, Any]:
    kept = {"needs_background": row.needs_background, "goals": row.goals}
    if row.accepted_on is None:
        return kept
    words = ngettext(
        "Contract signed, delivered, and accepted on %(day)s in the first acceptance test.",
        "Contract signed, delivered, and accepted on %(day)s after %(rounds)s acceptance tests.",
        row.rounds.count(),
    )
    return kept | {"history": words % {"day": row.accepted_on.isoformat(), "rounds": row.rounds.count()}}


PROJECTS = register(
    RecordType(
        model=Project,
        code="projects",
        area=Area.DEALS,
        title=_("Project"),
        plural=_("Projects"),
        icon="rocket",
        section="onboard",
        order=10,
        name_field="title",
        empty=_("A signed contract opens its project by itself."),
        fields=(
            Field("title", _("Name"), editable=True, required=True, max_length=120),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("contract", _("Contract"), Kind.RELATION, relation="contracts", relation_label="number"),
            Field("state", _("State"), Kind.BADGE, choices=_badges(ProjectState, _PROJECT), filterable=True),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("sales_lead_id", _("Sales lead"), Kind.PERSON, filterable=True),
            Field("implementation_manager_id", _("Implementation manager"), Kind.PERSON, filterable=True),
            Field("service_representative_id", _("Service representative"), Kind.PERSON),
            Field("goals", _("Goals"), Kind.LONG_TEXT, editable=True, max_length=4000),
            Field("needs_background", _("Background of the needs"), Kind.LONG_TEXT, editable=True, max_length=4000),
            Field("criteria", _("Acceptance criteria"), Kind.LONG_TEXT),
            Field("test_environment", _("Test environment"), Kind.LONG_TEXT),
            Field("planned_at", _("Planned"), Kind.DATETIME),
            Field("accepted_on", _("Accepted on"), Kind.DATE),
            Field("created_at", _("Opened"), Kind.DATETIME),
        ),
        list_columns=("title", "customer", "state", "owner", "sales_lead", "created_at", "accepted_on"),
        card=("customer", "state", "owner"),
        default_sort="created_at",
        sorts=(Sort("created_at", descending=True),),
        views=(
            View("all", _("All")),
            View("forming", _("To staff"), {"state": "forming"}),
            View("testing", _("In acceptance"), {"state": "testing"}),
        ),
        sections=(
            Section(_("Project"), ("title", "customer", "contract", "state", "created_at", "planned_at")),
            Section(_("Service team"), ("sales_lead", "implementation_manager", "service_representative", "owner")),
            Section(_("What it is for"), ("goals", "needs_background")),
            Section(_("Acceptance"), ("criteria", "test_environment", "accepted_on")),
        ),
        related=(
            Related("milestones", "project", ("title", "due_on", "standard", "state", "done_on"), rows=20),
            Related("hand-overs", "project", rows=5),
        ),
        update=project.project_update,
        acts=(
            Act("team", _("Form the service team"), "users-group", _team, posts=("sales_lead",), is_main=True,
                fields=_team_fields, start=_team_start, when=_stands("forming", "delivering", "testing", "rectifying")),
            Act("criteria", _("Give criteria and test environment"), "clipboard-list", acceptance.acceptance_prepare,
                posts=project.DELIVERERS, when=_stands("delivering", "testing", "rectifying"),
                start=lambda row: {"criteria": row.criteria, "test_environment": row.test_environment}, fields=(
                    Field("criteria", _("Acceptance criteria"), Kind.LONG_TEXT, required=True, max_length=4000,
                          help=_("One a line: what has to work, and by which measure.")),
                    Field("test_environment", _("Test environment"), Kind.LONG_TEXT, required=True, max_length=1000),
                )),
            Act("test", _("Record an acceptance test"), "checkbox", acceptance.acceptance_test,
                posts=project.DELIVERERS, fields=_test_fields, when=_stands("testing"), is_main=True,
                start=lambda _row: {"tested_on": clock.today()}),
            Act("rectify", _("Record what was rectified"), "tool", acceptance.acceptance_rectify,
                posts=project.DELIVERERS, when=_stands("rectifying"), is_main=True, fields=(
                    Field("rectification", _("What was rectified"), Kind.LONG_TEXT, required=True, max_length=4000),
                )),
            Act("hand-over", _("Hand over"), "arrows-exchange", _offer, posts=hand_over.GIVERS,
                fields=_receiver_fields, start=_offer_start, when=_stands("delivering", "testing", "rectifying",
                                                                          "accepted")),
        ),
        steps="state",
        files="customer",
        duty_subject="project",
    )
)  # fmt: skip


MILESTONES = register(
    RecordType(
        model=Milestone,
        code="milestones",
        area=Area.DEALS,
        title=_("Milestone"),
        plural=_("Milestones"),
        icon="flag",
        section="onboard",
        order=20,
        name_field="title",
        empty=_("Example: data migrated, by 15 August, 99 % of the records match."),
        fields=(
            Field("title", _("Name"), editable=True, required=True, max_length=120),
            Field("project", _("Project"), Kind.RELATION, relation="projects", relation_label="title",
                  filterable=True, editable=True, required=True, on_edit=False),
            Field("due_on", _("Due on"), Kind.DATE, filterable=True, editable=True, required=True,
                  help=_("As the contract says.")),
            Field("standard", _("Delivery standard"), Kind.LONG_TEXT, editable=True, required=True, max_length=2000,
                  help=_("By what one sees that it is delivered.")),
            Field("state", _("State"), Kind.BADGE, choices=_badges(MilestoneState, _MILESTONE), filterable=True),
            Field("done_on", _("Done on"), Kind.DATE),
            Field("quality_note", _("How it was delivered"), Kind.LONG_TEXT),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
        ),
        list_columns=("title", "project", "due_on", "state", "done_on", "owner"),
        card=("project", "due_on", "state"),
        default_sort="due_on",
        sorts=(Sort("due_on"),),
        calendar=Calendar(("due_on",), ("project", "state")),
        views=(
            View("open", _("Open"), {"state": "open"}),
            View("late", _("Late"), {"state": "late"}),
            View("all", _("All")),
        ),
        sections=(
            Section(_("Milestone"), ("title", "project", "due_on", "standard", "state", "done_on", "quality_note",
                                     "owner")),
        ),
        create=project.milestone_create,
        update=project.milestone_update,
        acts=(
            Act("reach", _("Mark as reached"), "flag", project.milestone_reach, posts=project.DELIVERERS, is_main=True,
                when=_stands("open", "late"), start=lambda _row: {"done_on": clock.today()}, fields=(
                    Field("done_on", _("Done on"), Kind.DATE, required=True),
                    Field("quality_note", _("How it was delivered"), Kind.LONG_TEXT, max_length=2000,
                          help=_("Against the delivery standard: what was met, what was not.")),
                )),
        ),
    )
)  # fmt: skip

HAND_OVERS = register(
    RecordType(
        model=HandOver,
        code="hand-overs",
        # Not deals: a service representative, who does not see deals, takes customers over too.
        area=Area.PROFILE,
        title=_("Hand-over"),
        plural=_("Hand-overs"),
        icon="arrows-exchange",
        section="onboard",
        order=30,
        name_field="customer",
        empty=_("A project whose acceptance has passed is handed over from its page."),
        fields=(
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True),
            Field("project", _("Project"), Kind.RELATION, relation="projects", relation_label="title",
                  filterable=True, area=Area.DEALS),
            Field("state", _("State"), Kind.BADGE, choices=_badges(HandOverState, _HAND_OVER), filterable=True),
            Field("owner_id", _("Receiver"), Kind.PERSON, filterable=True),
            Field("offered_by_id", _("Offered by"), Kind.PERSON),
            Field("history", pgettext_lazy("customer", "History"), Kind.LONG_TEXT),
            Field("needs_background", _("Background of the needs"), Kind.LONG_TEXT),
            Field("goals", _("Goals"), Kind.LONG_TEXT),
            Field("created_at", _("Offered"), Kind.DATETIME),
            Field("answered_at", _("Answered"), Kind.DATETIME),
            Field("reason", _("Reason")),
        ),
        list_columns=("customer", "project", "state", "owner", "offered_by", "created_at", "answered_at"),
        card=("project", "state", "owner"),
        default_sort="created_at",
        sorts=(Sort("created_at", descending=True),),
        views=(View("all", _("All")), View("offered", _("Waiting for an answer"), {"state": "offered"})),
        sections=(
            Section(_("Hand-over"), ("customer", "project", "state", "owner", "offered_by", "created_at",
                                     "answered_at", "reason")),
            Section(_("What goes along"), ("history", "needs_background", "goals")),
        ),
        acts=(
            Act("accept", _("Accept"), "user-check", hand_over.hand_over_accept, posts=hand_over.RECEIVERS,
                is_main=True, when=lambda viewer, row: row.state == "offered" and row.owner_id == viewer.person_id,
                done=_("You own this customer from now on.")),
            Act("decline", _("Decline"), "arrow-back-up", hand_over.hand_over_decline, posts=hand_over.RECEIVERS,
                when=lambda viewer, row: row.state == "offered" and row.owner_id == viewer.person_id,
                fields=(Field("reason", _("Reason"), required=True, max_length=200),)),
            Act("withdraw", _("Withdraw the offer"), "x", hand_over.hand_over_withdraw, posts=hand_over.GIVERS,
                when=lambda viewer, row: row.state == "offered" and row.owner_id != viewer.person_id,
                fields=(Field("reason", _("Reason"), required=True, max_length=200),)),
        ),
    )
)  # fmt: skip
