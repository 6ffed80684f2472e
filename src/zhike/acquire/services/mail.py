"""Mail from somebody unknown, made into a lead by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.acquire.models.lead import Channel, Source, Urgency
from zhike.acquire.services.taking import lead_take
from zhike.correspond.public import About, Letter
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import Choice, Field, Kind


def lead_fields() -> Sequence[Field]:
    """What a message does not say of itself."""
    return (
        Field("kind", _("Kind"), Kind.CHOICE, required=True, name="kind",
              choices=(Choice("firm", _("firm")), Choice("person", _("person")))),
        Field("name", _("Name of the customer"), required=True, max_length=120, name="name",
              help=_("The firm; the sender becomes its contact. Or the person.")),
        Field("need", _("Need"), required=True, max_length=200, name="need"),
        Field("urgency", _("Urgency"), Kind.CHOICE, required=True, name="urgency",
              choices=tuple(Choice(value, label) for value, label in Urgency.choices)),
    )  # fmt: skip


def letter_to_lead(viewer: Viewer, letter: Letter, answers: Mapping[str, Any]) -> tuple[int, int | None, About]:
    """Take the sender in as a lead, with the address that the message came from. Raises: Forbidden, Invalid."""
    kind, name = answers.get("kind", ""), str(answers.get("name", "")).strip()
    if not name or kind not in ("firm", "person"):
        raise Invalid(fields={"name": "required"} if not name else {"kind": "not_an_option"})
    is_firm = kind == "firm"
    lead = lead_take(
        viewer=viewer, kind=kind, need=str(answers.get("need", "")) or letter.subject, details=letter.text[:4000],
        urgency=answers.get("urgency", ""), source=Source.OTHER, channel=Channel.HAND,
        values={"name": name} | ({} if is_firm else {"email": letter.address}),
        contact={"name": letter.name or letter.address.partition("@")[0], "email": letter.address} if is_firm else None,
    )  # fmt: skip
    return lead.customer_id, lead.contact_id, About("leads", lead.uid, "")
