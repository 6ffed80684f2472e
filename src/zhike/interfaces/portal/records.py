"""Portal accounts as staff see them: who of a customer may enter, since when, and how to let somebody in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Section, Sort, View, register
from zhike.interfaces.portal import services
from zhike.interfaces.portal.models import PortalAccount, PortalState

_TONES = {"invited": "info", "active": "good", "closed": "neutral"}


def _invite(*, viewer: Any, customer: UUID, contact: UUID | None = None) -> PortalAccount:
    return services.account_invite(viewer=viewer, customer=customer, contact=contact)


def _is_open(_viewer: Any, row: Any) -> bool:
    return bool(row.state != PortalState.CLOSED)


PORTAL_ACCOUNTS = register(
    RecordType(
        model=PortalAccount,
        code="portal_accounts",
        area=Area.PROFILE,
        title=_("Portal account"),
        plural=_("Portal accounts"),
        icon="door-enter",
        section="customers",
        order=60,
        empty=_("Example: Wang Lei of Hangzhou Lanshan, invited yesterday."),
        fields=(
            Field("name", _("Name"), masked="name", stored_masked=True, personal=True,
                  purpose=_("After-sales and service"), basis=_("Performance of the contract"),
                  retention=_("As long as the customer relationship lasts, and 3 years after")),
            Field("customer", _("Customer"), Kind.RELATION, relation="customers", filterable=True, editable=True,
                  required=True),
            Field("contact", _("Contact"), Kind.RELATION, relation="contacts", editable=True, within="customer",
                  holds=False, help=_("The person at the firm; leave it empty where the customer is a person.")),
            Field("state", _("State"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(value, label, _TONES[value]) for value, label in PortalState.choices)),
            Field("last_seen_at", _("Last sign-in"), Kind.DATETIME),
            Field("owner_id", _("Invited by"), Kind.PERSON),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "customer", "state", "last_seen_at", "owner", "created_at"),
        card=("customer", "state"),
        default_sort="created_at",
        sorts=(Sort("created_at", descending=True),),
        sections=(
            Section(_("Portal account"), ("customer", "contact", "state", "last_seen_at", "owner", "created_at")),
        ),
        views=(View("all", _("All")), View("invited", _("Invited"), {"state": "invited"})),
        create=_invite,
        acts=(
            Act(
                "close", _("Close the account"), "lock", services.account_close,
                fields=(Field("reason", _("Reason"), required=True, max_length=200),),
                when=_is_open, destroys=_("Whoever is signed in with it is out at the next click."),
            ),
        ),
    )
)  # fmt: skip
