"""How subscriptions and what was sent to them are listed and shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.automate.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from zhike.automate.models.webhook import Receiver
from zhike.automate.services import webhook
from zhike.foundation.access.matrix import Area
from zhike.foundation.records import Act, Choice, Field, Kind, RecordType, Related, Section, Sort, View, register

_TONES = {
    "new": ("neutral", "pencil"), "on": ("good", "player-play"), "off": ("warn", "player-pause"),
    "failed": ("bad", "alert-triangle"),
}  # fmt: skip
_SENT_TONES = {
    "waiting": ("info", "clock"), "sending": ("info", "send"), "sent": ("good", "circle-check"),
    "parked": ("bad", "alert-triangle"),
}  # fmt: skip
FAULTS = (
    Choice("timeout", _("no answer in time")),
    Choice("unreachable", _("could not be reached")),
    Choice("tls", _("no trustworthy certificate")),
    Choice("not_public", _("the name leads to an address inside")),
    Choice("not_https", _("not https")),
    Choice("bad_address", _("not an address")),
    Choice("redirect", _("it sends us elsewhere, which is not followed")),
    Choice("too_large", _("larger than allowed")),
    Choice("no_secret", _("no secret to sign with")),
    Choice("switched_off", _("the subscription was switched off")),
    Choice("no_json", _("its answer is not that of such a robot")),
    Choice("wecom_93000", _("WeCom: the key is not valid, the robot was removed from the group")),
    Choice("wecom_93008", _("WeCom: the robot is not in the group any more")),
    Choice("wecom_45009", _("WeCom: too many messages in a minute")),
    Choice("wecom_40058", _("WeCom: the text is not accepted")),
    Choice("dingtalk_310000", _("DingTalk: signature, key word or address of the sender does not fit the robot")),
    Choice("dingtalk_300001", _("DingTalk: the token is not valid")),
    Choice("dingtalk_300005", _("DingTalk: there is no such token, the robot was removed")),
    Choice("dingtalk_400101", _("DingTalk: there is no such token, the robot was removed")),
    Choice("dingtalk_400102", _("DingTalk: the robot was switched off")),
    Choice("dingtalk_130101", _("DingTalk: too many messages in a minute")),
    Choice("dingtalk_410100", _("DingTalk: too many messages in a minute")),
    Choice("feishu_19001", _("Feishu: the address is not valid, the robot was removed")),
    Choice("feishu_19021", _("Feishu: the signature does not fit, or the clock is wrong by an hour")),
    Choice("feishu_19022", _("Feishu: the address of the sender is not allowed")),
    Choice("feishu_19024", _("Feishu: the key word of the robot is missing")),
    Choice("feishu_11232", _("Feishu: too many messages in a short time")),
    Choice("feishu_9499", _("Feishu: not accepted, or too many messages in a short time")),
)


def _is(*states: str) -> Any:
    return lambda _viewer, row: row.state in states


WEBHOOKS = register(
    RecordType(
        model=Webhook, code="webhooks", area=Area.SETTINGS, title=_("Webhook"), plural=_("Webhooks"), icon="webhook",
        section="settings", order=62,
        empty=_("Example: the finance system hears at https://erp.example.com/zhike of each signed contract."),
        fields=(
            Field("name", _("Name"), editable=True, required=True, max_length=80),
            Field("kind", pgettext_lazy("webhook", "Receiver"), Kind.CHOICE, filterable=True, editable=True,
                  on_edit=False, choices=tuple(Choice(value, label) for value, label in Receiver.choices),
                  help=_("A group robot writes news for people: a title, a link, a deadline.")),
            Field("url", _("Address"), editable=True, required=True, max_length=500,
                  help=_("https only, and only addresses that everybody can reach. That of a robot is kept sealed.")),
            Field("audience_id", _("Only news of"), Kind.DEPARTMENT, editable=True,
                  help=_("For robots: of this department and those below it; empty for all.")),
            Field("events", _("Events"), Kind.LONG_TEXT, editable=True, max_length=8000,
                  help=_("One name a line, such as win.ContractSigned; all of them are in the reference of events.")),
            Field("state", _("State"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(v, label, *_TONES[v]) for v, label in WebhookState.choices)),
            Field("secret_at", _("Secret since"), Kind.DATETIME),
            Field("sent_at", _("Last delivered"), Kind.DATETIME),
            Field("failing_since", _("Failing since"), Kind.DATETIME),
            Field("owner_id", _("Owner"), Kind.PERSON),
            Field("created_at", _("Created"), Kind.DATETIME),
        ),
        list_columns=("name", "kind", "url", "state", "sent_at", "failing_since", "owner"), card=("state", "sent_at"),
        default_sort="created_at", sorts=(Sort("created_at", descending=True),),
        sections=(
            Section(_("Subscription"), ("name", "kind", "url", "audience", "events")),
            Section(_("How it stands"), ("state", "secret_at", "sent_at", "failing_since", "owner")),
        ),
        related=(Related("webhook_deliveries", "webhook", ("event", "state", "status", "duration_ms", "at"), rows=8),),
        create=webhook.webhook_create, update=webhook.webhook_update, delete=webhook.webhook_delete,
        restore=webhook.webhook_restore,
        acts=(
            Act("turn_on", _("Switch on"), "player-play", webhook.webhook_turn_on, is_main=True,
                when=_is("new", "off", "failed"), done=_("On. What happens from now on is sent.")),
            Act("ping", _("Send a test"), "send", webhook.webhook_ping,
                when=lambda _viewer, row: row.is_ready, done=_("The test leaves in a moment; the log says more.")),
            Act("turn_off", _("Switch off"), "player-pause", webhook.webhook_turn_off, when=_is("on"),
                done=_("Off. Nothing more leaves.")),
        ),
    )
)  # fmt: skip

DELIVERIES = register(
    RecordType(
        model=WebhookDelivery, code="webhook_deliveries", area=Area.SETTINGS, title=_("Delivery"),
        plural=_("Webhook deliveries"), icon="send", section="settings", order=63, name_field="message_id",
        empty=_("Example: win.ContractSigned, taken with 200 after 84 ms."),
        fields=(
            Field("message_id", _("Message")),
            Field("webhook", _("Subscription"), Kind.RELATION, relation="webhooks", filterable=True, holds=False),
            Field("event", _("Event"), filterable=True),
            Field("state", _("State"), Kind.BADGE, filterable=True,
                  choices=tuple(Choice(v, label, *_SENT_TONES[v]) for v, label in DeliveryState.choices)),
            Field("status", _("Answer"), Kind.NUMBER, filterable=True),
            Field("duration_ms", pgettext_lazy("delivery", "Took"), Kind.NUMBER, unit="ms"),
            Field("error", _("Fault"), Kind.CHOICE, choices=FAULTS),
            Field("tries", _("Tries"), Kind.NUMBER),
            Field("at", _("Time"), Kind.DATETIME, filterable=True),
            Field("done_at", pgettext_lazy("delivery", "Delivered"), Kind.DATETIME),
            Field("next_at", _("Next try"), Kind.DATETIME),
            Field("body", _("Content"), Kind.LONG_TEXT),
        ),
        list_columns=("message_id", "webhook", "event", "state", "status", "duration_ms", "at"),
        card=("event", "state", "at"),
        default_sort="at", sorts=(Sort("at", descending=True),),
        sections=(
            Section(_("Message"), ("webhook", "event", "message_id", "at", "body")),
            Section(_("Delivery"), ("state", "status", "error", "duration_ms", "tries", "next_at", "done_at")),
        ),
        views=(
            View("all", _("All")),
            View("parked", pgettext_lazy("deliveries", "Parked"), {"state": "parked"}),
            View("waiting", pgettext_lazy("deliveries", "Waiting"), {"state": "waiting"}),
        ),
        acts=(
            Act("again", _("Send again"), "refresh", webhook.delivery_again, when=_is("parked", "sent"),
                asks=_("It keeps its message id: a receiver that has it already knows it again."),
                done=_("It leaves in a moment.")),
        ),
    )
)  # fmt: skip
