"""What went wrong when somebody was to be told something in WeCom, DingTalk or Feishu, for who looks after it."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_WORDS = {
    "not_connected": _("The account is not connected: My settings, Sign-in and security, Company sign-in."),
    "not_offered": _("The service is not offered any more: see the file that ZHIKE_SIGN_IN_FILE names."),
    "no_secret": _("The file with the secret cannot be read."),
    "no_json": _("The answer is not that of the service: look at api_url."),
    "unreachable": _("The service cannot be reached."),
    "timeout": _("The service did not answer in time."),
    "not_public": _("The address lies inside: name it in ZHIKE_EGRESS_ALLOW, if that is meant."),
    "tls": _("The certificate of the service is not trusted."),
    "http_429": _("Too many messages in a short time; it goes on by itself."),
    "wecom_40001": _("WeCom: the secret does not belong to the application."),
    "wecom_40013": _("WeCom: the CorpID is not valid."),
    "wecom_40056": _("WeCom: the agent id is not valid."),
    "wecom_45009": _("WeCom: too many messages in a short time; it goes on by itself."),
    "wecom_48002": _("WeCom: the application may not send messages."),
    "wecom_60020": _("WeCom: the address of this server is not among the trusted ones of the application."),
    "wecom_81013": _("WeCom: the member is not in the visible range of the application."),
    "wecom_invaliduser": _("WeCom: the member is not in the visible range of the application."),
    "wecom_301002": _("WeCom: the agent id does not belong to the secret."),
    "dingtalk_invalidClientIdOrSecret": _("DingTalk: AppKey or AppSecret is not valid."),
    "dingtalk_60011": _("DingTalk: the application lacks a permission: contacts, or work notices."),
    "dingtalk_60020": _("DingTalk: the address of this server is not among those allowed for the application."),
    "dingtalk_60121": _("DingTalk: the member is not known to the enterprise."),
    "dingtalk_33012": _("DingTalk: the member is not in the visible range of the application."),
    "dingtalk_88": _("DingTalk: a permission is missing, or too many messages in a short time."),
    "dingtalk_90018": _("DingTalk: too many messages in a short time; it goes on by itself."),
    "feishu_10003": _("Feishu: App ID or App Secret is not valid."),
    "feishu_10014": _("Feishu: App ID or App Secret is not valid."),
    "feishu_230001": _("Feishu: the member is not known to the application."),
    "feishu_230006": _("Feishu: the application has no bot: switch it on and publish a version."),
    "feishu_230013": _("Feishu: the member is not in the availability of the application."),
    "feishu_230020": _("Feishu: too many messages in a short time; it goes on by itself."),
    "feishu_99991400": _("Feishu: too many messages in a short time; it goes on by itself."),
    "feishu_99991672": _("Feishu: the application lacks the permission im:message:send_as_bot."),
}


def fault_words(code: str) -> str:
    """The fault in a sentence; a code that nobody words shows itself."""
    known = _WORDS.get(code)
    return str(known) if known is not None else gettext("The service answered %(code)s.") % {"code": code}
