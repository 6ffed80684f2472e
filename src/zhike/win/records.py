"""How opportunities and contracts are listed, shown, edited and moved along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.correspond.public import mail_act
from zhike.customers.public import contact_cards
from zhike.foundation import approvals
from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import able
from zhike.foundation.kit import clock
from zhike.foundation.records import (
    Act,
    Board,
    Calendar,
    Choice,
    Field,
    Kind,
    Quick,
    RecordType,
    Related,
    Section,
    Sort,
    View,
    register,
    sharing,
)  # fmt: skip
from zhike.win.models import Contract, Opportunity
from zhike.win.models.contract import IN_FORCE, UNSIGNED, Authority, ContractStatus
from zhike.win.models.opportunity import LossReason, Stage
from zhike.win.services import contract, follow_up, opportunity, review
from zhike.win.services.sellers import SELLERS

_STAGES = {"potential": ("neutral", "seedling"), "intent": ("info", "message-2"), "solution": ("info", "bulb"),
           "negotiation": ("warn", "scale"), "won": ("good", "trophy"), "lost": ("bad", "circle-x")}  # fmt: skip
_STATUSES = {"draft": ("neutral", "file-pencil"), "review": ("info", "gavel"), "returned": ("bad", "arrow-back-up"),
             "approved": ("info", "file-check"), "signed": ("good", "signature"), "active": ("good", "circle-check"),
             "ended": ("neutral", "file-off"), "cancelled": ("bad", "file-x")}  # fmt: skip
_TALKS = (("call", _("call")), ("visit", _("visit")), ("meeting", _("meeting")), ("wechat", _("WeChat")),
          ("email", _("e-mail message")))  # fmt: skip


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _badges(enum: Any, looks: Mapping[str, tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, *looks[value]) for value, label in enum.choices)


def _columns(values: Mapping[str, Any], amount: str) -> dict[str, Any]:
    """Values by public name as the service names them."""
    return {f"{amount}_minor" if key == amount else key: value for key, value in values.items()}


def _deal_create(*, viewer: Any, customer: UUID, **values: Any) -> Opportunity:
    return opportunity.opportunity_create(viewer=viewer, customer=customer, **_columns(values, "amount"))


def _deal_update(*, viewer: Any, uid: UUID, version: int, **values: Any) -> Opportunity:
    return opportunity.opportunity_update(viewer=viewer, uid=uid, version=version, **_columns(values, "amount"))


def _is_open(_viewer: Any, row: Opportunity) -> bool:
    return row.is_open


def _is_not_won(_viewer: Any, row: Opportunity) -> bool:
    return row.stage != Stage.WON


OPPORTUNITIES = register(
    RecordType(
        model=Opportunity,
        code="opportunities",
        area=Area.DEALS,
        title=_("Opportunity"),
        plural=_("Opportunities"),
        icon="target",
        section="win",
        order=10,
        name_field="title",
        empty=_("Example: fifty seats for Hangzhou Lanshan, 120,000 yuan, expected by the end of the quarter."),
        fields=(
            Field("title", _("Name"), editable=True, required=True, max_length=120),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False),
            Field("stage", _("Stage"), Kind.BADGE, choices=_badges(Stage, _STAGES), filterable=True),
            Field("amount_minor", _("Amount"), Kind.MONEY, currency_path="currency", name="amount", editable=True,
                  minimum=0),
            Field("expected_on", _("Expected on"), Kind.DATE, filterable=True, editable=True),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", editable=True, on_create=False,
                  area=Area.PROFILE, within="customer", holds=Q(closed_at=None)),
            Field("explicit_needs", _("Explicit needs"), Kind.LONG_TEXT, editable=True, max_length=4000,
                  help=_("What the customer asks for in so many words: functions, quantities, delivery time.")),
            Field("next_action", _("Next action")),
            Field("next_on", _("Next date"), Kind.DATE, filterable=True),
            Field("followed_up_at", _("Last follow-up"), Kind.DATETIME),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("stage_since", _("In this stage since"), Kind.DATETIME),
            Field("loss_reason", _("Loss reason"), Kind.CHOICE, choices=_choices(LossReason), filterable=True),
            Field("loss_note", _("What happened")),
            Field("closed_at", _("Closed"), Kind.DATETIME),
            Field("opened_at", _("Opened"), Kind.DATETIME),
        ),
        list_columns=("title", "customer", "stage", "amount", "expected_on", "next_action", "next_on", "owner"),
        card=("customer", "stage", "next_on"),
        default_sort="opened_at",
        sorts=(Sort("opened_at", descending=True), Sort("expected_on", descending=True, nulls_last=True),
               Sort("next_on", descending=True, nulls_last=True)),
        files="customer",
        calendar=Calendar(("next_on", "expected_on"), ("customer", "stage", "owner")),
        quick=(
            Quick("untouched", _("No follow-up for 30 days"),
                  "all(closed_at.empty(), any(followed_up_at.ago(30, days), followed_up_at.empty()))"),
            Quick("closing", _("Expected within 30 days"), "expected_on.next(30, days)"),
        ),
        views=(
            View("all", _("All")),
            View("negotiation", _("In negotiation"), {"stage": "negotiation"}),
            View("lost", _("Not won"), {"stage": "lost"}),
        ),
        sections=(
            Section(_("Opportunity"), ("title", "customer", "stage", "amount", "expected_on", "owner", "stage_since",
                                       "opened_at")),
            Section(_("Needs"), ("contact", "explicit_needs")),
            Section(_("Follow-up"), ("followed_up_at", "next_action", "next_on")),
            Section(_("Outcome of the deal"), ("closed_at", "loss_reason", "loss_note")),
        ),
        related=(Related("contracts", "opportunity", rows=5),),
        create=_deal_create,
        update=_deal_update,
        acts=(
            sharing.act(Opportunity),
            Act("follow-up", _("Follow up"), "message-2", follow_up.opportunity_follow_up, posts=SELLERS, is_main=True,
                when=_is_open, fields=(
                    Field("kind", _("Kind"), Kind.CHOICE, choices=tuple(Choice(*one) for one in _TALKS), required=True),
                    Field("feedback", _("Customer feedback"), Kind.LONG_TEXT, required=True, max_length=4000),
                    Field("change_in_needs", _("Change in needs"), Kind.LONG_TEXT, required=True, max_length=4000,
                          help=_("Write “none” if nothing has changed.")),
                    Field("next_action", _("Next action"), required=True, max_length=200),
                    Field("next_on", _("Next date"), Kind.DATE, required=True),
                )),
            Act("move", _("Move to a stage"), "arrow-right", opportunity.opportunity_move, posts=SELLERS,
                when=_is_not_won, start=lambda row: {"stage": row.stage}, fields=(
                    Field("stage", _("Stage"), Kind.CHOICE, choices=_choices(Stage), required=True),
                    Field("loss_reason", _("Loss reason"), Kind.CHOICE, choices=_choices(LossReason),
                          help=_("Only when the deal is not won.")),
                    Field("reason", _("Reason or note"), max_length=400,
                          help=_("Needed when the deal goes back a stage.")),
                )),
            Act("assign", _("Give to another owner"), "user-share", opportunity.opportunity_assign,
                posts=("sales_lead", "customer_manager"), when=_is_open, start=lambda row: {"owner": row.owner_id},
                fields=(Field("owner_id", _("Owner"), Kind.PERSON, required=True,
                              people=partial(able, Area.DEALS, holding=SELLERS)),)),
        ),
        board=Board("stage", "move", ("customer", "amount", "expected_on", "next_on", "owner"), total="amount",
                    is_first=True),
        steps="stage",
        duty_subject="opportunity",
    )
)  # fmt: skip


def _contract_create(*, viewer: Any, customer: UUID, **values: Any) -> Contract:
    return contract.contract_create(viewer=viewer, customer=customer, **_columns(values, "value"))


def _contract_update(*, viewer: Any, uid: UUID, version: int, **values: Any) -> Contract:
    return contract.contract_update(viewer=viewer, uid=uid, version=version, **_columns(values, "value"))


def _stands(*statuses: str) -> Any:
    return lambda _viewer, row: row.status in statuses


def _may_review(viewer: Any, row: Contract) -> bool:
    if row.status != "review" or is_own(viewer, *review.authors_of(row)):
        return False
    running = approvals.running("contract", row.pk)
    return running is None or approvals.may_sign(viewer, running)


_FIRST_CLAUSES = 4  # empty pairs in the form of a new contract


def _clause_fields(_viewer: Any, row: Contract) -> Sequence[Field]:
    """One pair of fields per clause, and empty pairs for new ones."""
    fields: list[Field] = []
    for place in range(1, len(row.clauses) + 1 + (1 if row.clauses else _FIRST_CLAUSES)):
        heading = gettext("Clause %(number)s: heading") % {"number": place}
        text = gettext("Clause %(number)s: text") % {"number": place}
        fields.append(Field(f"heading_{place}", heading, max_length=120))
        fields.append(Field(f"text_{place}", text, Kind.LONG_TEXT, max_length=10_000))
    return fields


def _clauses_start(row: Contract) -> dict[str, str]:
    found = {}
    for place, clause in enumerate(row.clauses, 1):
        found |= {f"heading_{place}": clause.get("heading", ""), f"text_{place}": clause.get("text", "")}
    return found


def _signing_fields(_viewer: Any, row: Contract) -> Sequence[Field]:
    """Who may sign is chosen among the contacts of this customer, the authorised signers first."""
    cards = sorted(contact_cards(row.customer_id), key=lambda card: card.decision_role != "signer")
    people = tuple(Choice(str(card.uid), f"{card.name} {card.title}".strip()) for card in cards)
    if row.customer.kind == "person":
        people = (Choice("self", gettext("The customer in person")), *people)
    return (
        Field("signer", _("Signed for the customer by"), Kind.CHOICE, choices=people, required=True,
              help=_("A contact of this customer who may sign.")),
        Field("authority", _("Authority to sign"), Kind.CHOICE, choices=_choices(Authority), required=True),
        Field("authority_reference", _("Proof of authority"), required=True, max_length=80,
              help=_("Number or reference of the power of attorney or certificate.")),
        Field("signed_on", _("Signed on"), Kind.DATE, required=True),
        Field("is_sealed", _("Signature and seal are on the contract"), Kind.CHOICE, required=True,
              choices=(Choice("yes", _("Yes")), Choice("no", _("No")))),
    )  # fmt: skip


def _sign(*, viewer: Any, uid: UUID, version: int, is_sealed: str, **answers: Any) -> Contract:
    return review.contract_sign(viewer=viewer, uid=uid, version=version, is_sealed=is_sealed == "yes", **answers)


_OPINIONS = (
    Field("compliance", _("Compliance"), Kind.LONG_TEXT, required=True, max_length=2000),
    Field("data_security", _("Data security"), Kind.LONG_TEXT, required=True, max_length=2000),
    Field("intellectual_property", _("Intellectual property"), Kind.LONG_TEXT, required=True, max_length=2000),
)
_REASON = Field("reason", _("Reason"), required=True, max_length=200)
_DATES = (
    Field("starts_on", _("Starts on"), Kind.DATE, editable=True, required=True),
    Field("ends_on", _("Ends on"), Kind.DATE, filterable=True, editable=True),
    Field("renewal_on", _("Renewal on"), Kind.DATE, filterable=True, editable=True,
          help=_("When the renewal is to be talked about.")),
)  # fmt: skip

CONTRACTS = register(
    RecordType(
        model=Contract,
        code="contracts",
        area=Area.DEALS,
        title=_("Contract"),
        plural=_("Contracts"),
        icon="file-certificate",
        section="win",
        order=60,
        name_field="number",
        empty=_("Example: HT-2026-0031, yearly maintenance, until 31 December."),
        fields=(
            Field("number", _("Contract number"), editable=True, max_length=40,
                  help=_("Leave it empty and a number is given.")),
            Field("title", _("Name"), editable=True, required=True, max_length=120),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False),
            Field("opportunity", _("Opportunity"), Kind.RELATION, relation="opportunities", relation_label="title",
                  filterable=True, editable=True, on_edit=False, within="customer",
                  help=_("One of this customer's.")),
            Field("status", _("Status"), Kind.BADGE, choices=_badges(ContractStatus, _STATUSES), filterable=True),
            Field("our_party", _("Our party"), editable=True, max_length=120),
            Field("customer_party", _("Customer's party"), editable=True, on_create=False, max_length=120),
            Field("signed_on", _("Signed on"), Kind.DATE, filterable=True),
            *_DATES,
            Field("value_minor", _("Value"), Kind.MONEY, currency_path="currency", name="value", editable=True,
                  minimum=0),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True),
            Field("signer", _("Signed for the customer by"), Kind.RELATION, relation="contacts", area=Area.PROFILE),
            Field("authority", _("Authority to sign"), Kind.CHOICE, choices=_choices(Authority)),
            Field("authority_reference", _("Proof of authority"), level=Level.FULL),
            Field("ended_reason", _("Why it ended")),
        ),
        list_columns=("number", "title", "customer", "status", "signed_on", "ends_on", "value"),
        card=("customer", "status", "ends_on"),
        default_sort="ends_on",
        sorts=(Sort("ends_on", descending=True, nulls_last=True),),
        files="customer",
        calendar=Calendar(("ends_on",), ("customer", "status")),
        quick=(Quick("renewal", _("Renewal within 90 days"), "renewal_on.next(90, days)"),),
        views=(
            View("all", _("All")),
            View("review", _("In legal review"), {"status": "review"}),
            View("approved", _("To be signed"), {"status": "approved"}),
            View("active", _("Active"), {"status": "active"}),
        ),
        sections=(
            Section(_("Contract"), ("number", "title", "customer", "opportunity", "status", "our_party",
                                    "customer_party", "value", "starts_on", "ends_on", "renewal_on", "owner")),
            Section(_("Signature"), ("signed_on", "signer", "authority", "authority_reference", "ended_reason")),
        ),
        create=_contract_create,
        update=_contract_update,
        acts=(
            Act("clauses", _("Write clauses"), "list-numbers", contract.contract_clauses, posts=SELLERS,
                fields=_clause_fields, start=_clauses_start, when=_stands("draft", "returned", "approved"),
                asks=_("Empty both fields of a clause to leave it out. An approval falls away when the text changes.")),
            Act("submit", _("Send to legal review"), "send", review.contract_submit, posts=SELLERS, is_main=True,
                when=_stands("draft", "returned"),
                asks=_("Legal gets the contract as it stands; vague wording has to be mended first.")),
            Act("withdraw", _("Withdraw from review"), "arrow-back-up", review.contract_withdraw, posts=SELLERS,
                when=_stands("review")),
            Act("approve", _("Approve"), "file-check", review.contract_approve, posts=("legal",), level=Level.APPROVE,
                fields=_OPINIONS, is_main=True, when=_may_review),
            Act("return", _("Return"), "arrow-back-up", review.contract_return, posts=("legal",), level=Level.APPROVE,
                fields=(*_OPINIONS, _REASON), when=_may_review),
            mail_act(Contract, "contracts", lambda row: str(row.number)),
            Act("sign", _("Record the signature"), "signature", _sign, posts=SELLERS, fields=_signing_fields,
                is_main=True, when=_stands("approved"),
                start=lambda _row: {"signed_on": clock.today()}),
            Act("cancel", _("Cancel the contract"), "file-x", contract.contract_cancel, posts=SELLERS,
                fields=(_REASON,), when=_stands(*UNSIGNED)),
            Act("terminate", _("End the contract"), "file-off", contract.contract_terminate, posts=SELLERS,
                fields=(_REASON,), when=_stands(*IN_FORCE)),
        ),
        steps="status",
        duty_subject="contract",
    )
)  # fmt: skip
