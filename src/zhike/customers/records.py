"""How customers, contacts and talks with them are listed, shown, edited and exported."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.customers import importing, reference
from zhike.customers.models import Contact, Customer, Interaction
from zhike.customers.models.contact import DecisionRole
from zhike.customers.models.customer import CustomerKind, Language, Standing
from zhike.customers.models.interaction import InteractionKind
from zhike.customers.recheck import matching
from zhike.customers.services import contact, customer, indexing, interaction, reveal
from zhike.customers.strategies import strategies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import able
from zhike.foundation.records import (
    BulkAction,
    Calendar,
    Choice,
    Confirm,
    Field,
    Kind,
    Klass,
    Quick,
    RecordType,
    Related,
    Section,
    Sort,
    View,
    register,
    sharing,
    tagging,
)  # fmt: skip
from zhike.foundation.records.tags.carrying import tags_of

SERVICE = _("After-sales and service")
CONTRACT = _("Performance of the contract")
CONSENT = _("Consent")
KEPT = _("As long as the customer relationship lasts, and 3 years after")
_Full = Level.FULL


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Values by public name as the service names them."""
    return {"revenue_minor" if key == "revenue" else key: value for key, value in values.items()}


def _customer_create(*, viewer: Any, kind: str, owner: int | None = None, **values: Any) -> Customer:
    return customer.customer_create(viewer=viewer, kind=kind, owner_id=owner, **_columns(values))


def _customer_update(*, viewer: Any, uid: UUID, version: int, **values: Any) -> Customer:
    return customer.customer_update(viewer=viewer, uid=uid, version=version, **_columns(values))


def _customers_reassign(*, viewer: Any, uids: Sequence[UUID], owner: int) -> int:
    for uid in uids:
        customer.customer_reassign(viewer=viewer, uid=uid, owner_id=owner)
    return len(uids)


_owners = partial(able, Area.PROFILE, Level.BASIC)


def _private(path: str, label: Any, mask: str, **more: Any) -> Field:
    """A personal value of a natural person: masked in the row, whole in the vault."""
    return Field(
        path, label, masked=mask, stored_masked=True, personal=True, editable=True, purpose=SERVICE, basis=CONTRACT,
        retention=KEPT, **more,
    )  # fmt: skip


CUSTOMERS = register(
    RecordType(
        model=Customer,
        code="customers",
        area=Area.PROFILE,
        title=_("Customer"),
        plural=_("Customers"),
        icon="users",
        section="customers",
        order=10,
        search="customer",
        search_hint=_("Name, pinyin, phone or number"),
        recheck=matching,
        finds_persons=reveal.finds_persons,
        empty=_("Example: Hangzhou Lanshan Precision Co., Ltd., manufacturing, owner Chen Min."),
        fields=(
            Field("number", _("Number"), purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            Field("kind", _("Kind"), Kind.CHOICE, choices=_choices(CustomerKind), filterable=True, editable=True,
                  required=True, on_edit=False, purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            _private("name", _("Name"), "name", required=True, max_length=120, plain_when=("kind", "firm")),
            Field("short_name", _("Short name"), editable=True, max_length=60, purpose=SERVICE, basis=CONTRACT,
                  retention=KEPT),
            Field("standing", _("File status"), Kind.CHOICE, choices=_choices(Standing), filterable=True,
                  purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            Field("state__tier", _("Tier"), Kind.BADGE, area=Area.STRATEGY, choices=reference.TIERS, filterable=True),
            Field("state__lifecycle", _("Lifecycle"), Kind.BADGE, area=Area.STRATEGY, choices=reference.LIFECYCLES,
                  filterable=True),
            Field("state__health", _("Health"), Kind.NUMBER, area=Area.HEALTH, digits=1),
            Field("state__risk", _("Risk"), Kind.BADGE, area=Area.HEALTH, choices=reference.RISKS, filterable=True),
            Field("state__group", _("Group"), Kind.BADGE, area=Area.STRATEGY, choices=reference.GROUPS,
                  filterable=True),
            Field("state__potential", pgettext_lazy("score", "Potential"), Kind.NUMBER, area=Area.STRATEGY, digits=2,
                  filterable=True, minimum=0, maximum=1),
            Field("state__strategy_row", _("Strategy"), Kind.CHOICE, area=Area.STRATEGY, choices=strategies,
                  filterable=True),
            Field("state__rfm", _("RFM"), area=Area.STRATEGY),
            Field("state__spend_12m_minor", _("Spend, 12 months"), Kind.MONEY, area=Area.ORDERS, name="spend_12m"),
            Field("state__clv_fitted_minor", _("Lifetime value"), Kind.MONEY, area=Area.ORDERS, level=_Full,
                  name="clv"),
            Field("state__last_order_on", _("Last order"), Kind.DATE, area=Area.ORDERS),
            Field("state__last_contact_at", _("Last contact"), Kind.DATETIME, area=Area.TIMELINE, filterable=True),
            Field("owner_id", _("Owner"), Kind.PERSON, filterable=True, editable=True, on_edit=False, people=_owners),
            Field("department_id", _("Department"), Kind.DEPARTMENT, filterable=True),
            Field("credit_code", _("Unified social credit code"), editable=True, max_length=18, purpose=CONTRACT,
                  basis=CONTRACT, retention=KEPT),
            Field("industry", _("Industry"), Kind.CHOICE, choices=reference.INDUSTRIES, filterable=True, editable=True),
            Field("region", _("Region"), Kind.CHOICE, choices=reference.REGIONS, filterable=True, editable=True),
            Field("staff_count", _("Staff"), Kind.NUMBER, editable=True, minimum=0),
            Field("revenue_minor", _("Yearly revenue"), Kind.MONEY, editable=True, name="revenue"),
            _private("address", _("Address"), "address", max_length=200, plain_when=("kind", "firm")),
            _private("phone", _("Phone"), "phone", max_length=40, plain_when=("kind", "firm")),
            _private("email", _("E-mail"), "email", max_length=120, plain_when=("kind", "firm")),
            Field("id_number", _("ID number"), klass=Klass.SENSITIVE, masked="id_number", stored_masked=True,
                  personal=True, editable=True, max_length=32, purpose=CONTRACT, basis=CONSENT, retention=KEPT),
            _private("birthday", _("Birthday"), "birthday", level=_Full, max_length=10),
            Field("birthday_is_lunar", _("Birthday by the lunar calendar"), Kind.BOOL, editable=True, level=_Full,
                  purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            Field("language", _("Language"), Kind.CHOICE, choices=_choices(Language), filterable=True, editable=True,
                  help=_("In which language the customer is written to; Chinese if nothing is said.")),
            Field("source", _("Source"), editable=True, max_length=40),
            Field("core_needs", _("Core needs"), Kind.LONG_TEXT, editable=True),
            Field("preferences", _("Preferences"), Kind.LONG_TEXT, editable=True),
            Field("prefers_custom", _("Prefers customised service"), Kind.BOOL, editable=True),
            Field("cooperation_since", _("Cooperation since"), Kind.DATE, editable=True),
            tags_of("customers", purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "tier", "lifecycle", "health", "last_order_on", "spend_12m", "owner"),
        card=("tier", "lifecycle", "health"),
        default_sort="created_at",
        sorts=(
            Sort("created_at", descending=True, beside="state"),
            Sort("name", path="name_key"),
            Sort("last_order_on", through="state", descending=True, nulls_last=True),
            Sort("health", through="state", descending=True, nulls_last=True),
            Sort("spend_12m", through="state", descending=True, nulls_last=True),
            Sort("clv", through="state", descending=True, nulls_last=True),
            Sort("last_contact_at", through="state", descending=True, nulls_last=True),
        ),
        quick=(
            Quick("risk", _("High risk"), "risk.is(high)"),
            Quick("no_order", _("No order for 90 days"), "last_order_on.ago(90, days)"),
            Quick("no_contact", _("No contact for 30 days"), "last_contact_at.ago(30, days)"),
        ),
        views=(
            View("all", _("All")),
            View("high", _("High value"), {"tier": "high"}),
            View("risk", _("At risk"), {"lifecycle": "at_risk"}),
            View("dormant", _("Dormant"), {"lifecycle": "dormant"}),
            View("potential", _("Potential"), {"lifecycle": "potential"}),
        ),
        sections=(
            Section(_("Basics"), ("name", "kind", "short_name", "credit_code", "industry", "region", "staff_count",
                                  "revenue", "cooperation_since", "source", "owner", "tags")),
            Section(_("Contact details"), ("phone", "email", "address", "language")),
            Section(_("Identity"), ("id_number", "birthday", "birthday_is_lunar")),
            Section(_("Needs"), ("core_needs", "preferences", "prefers_custom")),
        ),
        related=(
            Related("contacts", "customer", ("name", "title", "decision_role", "phone")),
            Related("leads", "customer", ("need", "grade", "state", "owner"), rows=3),
            Related("orders", "customer", rows=8),
            Related("bills", "customer", rows=6),
            Related("package-uses", "customer", rows=6),
            Related("opportunities", "customer", rows=6),
            Related("contracts", "customer", rows=6),
            Related("projects", "customer", rows=4),
            Related("tickets", "customer", ("number", "subject", "ticket_class", "opened_at", "closed_at"), rows=6),
            Related("complaints", "customer", rows=6),
            Related("warnings", "customer", rows=4),
            Related("consents", "customer", rows=4),
        ),
        create=_customer_create,
        update=_customer_update,
        acts=(tagging.act("customers"), sharing.act(Customer)),
        files="",
        delete=customer.customer_delete,
        restore=customer.customer_restore,
        importer=importing.CUSTOMERS,
        indexes=indexing.index,
        reveal=reveal.customer_reveal,
        confirms=(
            Confirm("duplicate_customer", "accept_duplicate",
                    _("This is another customer. Create the file all the same.")),
        ),
        bulk=(
            BulkAction("reassign", _("Assign to another owner"), "user-share", _customers_reassign,
                       fields=(Field("owner_id", _("New owner"), Kind.PERSON, required=True, editable=True,
                                     people=_owners),), sets="owner"),
        ),
    )
)  # fmt: skip


def _contact_create(*, viewer: Any, customer: Any, **values: Any) -> Contact:
    return contact.contact_create(viewer=viewer, customer_uid=customer, **values)


CONTACTS = register(
    RecordType(
        model=Contact,
        code="contacts",
        area=Area.PROFILE,
        title=_("Contact"),
        plural=_("Contacts"),
        icon="address-book",
        order=20,
        empty=_("Example: Wang Lei, purchasing director, decision maker."),
        fields=(
            _private("name", _("Name"), "name", required=True, max_length=64),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, on_edit=False, holds=False),
            Field("title", _("Job title"), editable=True, max_length=60),
            Field("decision_role", _("Decision role"), Kind.CHOICE, choices=_choices(DecisionRole), filterable=True,
                  editable=True),
            _private("phone", _("Phone"), "phone", max_length=40),
            _private("email", _("E-mail"), "email", max_length=120),
            _private("wechat", _("WeChat"), "wechat", max_length=60),
            _private("birthday", _("Birthday"), "birthday", level=_Full, max_length=10),
            Field("birthday_is_lunar", _("Birthday by the lunar calendar"), Kind.BOOL, editable=True, level=_Full,
                  purpose=SERVICE, basis=CONTRACT, retention=KEPT),
            Field("language", _("Language"), Kind.CHOICE, choices=_choices(Language), filterable=True, editable=True,
                  help=_("In which language the customer is written to; Chinese if nothing is said.")),
            Field("concerns", _("Concerns"), Kind.LONG_TEXT, editable=True),
            Field("is_primary", _("Primary contact"), Kind.BOOL, editable=True, filterable=True),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "customer", "title", "decision_role", "phone", "email"),
        card=("customer", "title"),
        default_sort="created_at",
        sorts=(Sort("created_at", descending=True),),
        sections=(
            Section(_("Contact"), ("customer", "name", "title", "decision_role", "is_primary")),
            Section(_("Contact details"), ("phone", "email", "wechat", "language", "birthday", "birthday_is_lunar")),
            Section(_("Notes"), ("concerns",)),
        ),
        create=_contact_create,
        update=contact.contact_update,
        delete=contact.contact_delete,
        restore=contact.contact_restore,
        importer=importing.CONTACTS,
        reveal=reveal.contact_reveal,
    )
)  # fmt: skip


def _interaction_create(*, viewer: Any, customer: Any, **values: Any) -> Interaction:
    return interaction.interaction_log(viewer=viewer, customer_uid=customer, **values)


INTERACTIONS = register(
    RecordType(
        model=Interaction,
        code="interactions",
        area=Area.TIMELINE,
        title=_("Follow-up"),
        plural=_("Follow-ups"),
        icon="message-2",
        section="customers",
        order=30,
        name_field="kind",
        empty=_("Example: a call yesterday, the customer asks for a quotation, next call on Friday."),
        fields=(
            Field("kind", _("Kind"), Kind.CHOICE, choices=_choices(InteractionKind), filterable=True, editable=True,
                  required=True),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True, holds=False),
            Field("direction", _("Direction"), Kind.CHOICE,
                  choices=(Choice("out", _("outgoing")), Choice("in", _("incoming"))), filterable=True,
                  editable=True),
            Field("at", _("Time"), Kind.DATETIME, editable=True),
            Field("feedback", _("Customer feedback"), Kind.LONG_TEXT, editable=True),
            Field("change_in_needs", _("Change in needs"), Kind.LONG_TEXT, editable=True),
            Field("next_action", _("Next action"), editable=True, max_length=200),
            Field("next_on", _("Next date"), Kind.DATE, editable=True),
            Field("owner_id", _("By"), Kind.PERSON, filterable=True),
        ),
        list_columns=("kind", "customer", "direction", "at", "feedback", "next_action", "next_on", "owner"),
        card=("customer", "at"),
        default_sort="at",
        sorts=(Sort("at", descending=True), Sort("next_on", descending=True, nulls_last=True)),
        calendar=Calendar(("next_on", "at"), ("kind", "next_action", "owner")),
        sections=(
            Section(_("Follow-up"), ("customer", "kind", "direction", "at", "feedback", "change_in_needs",
                                     "next_action", "next_on")),
        ),
        create=_interaction_create,
        importer=importing.INTERACTIONS,
    )
)  # fmt: skip
