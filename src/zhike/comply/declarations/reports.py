"""《客户数据风险排查报告》: each quarter, from the data catalogue, the rights, the log and the consents (SEC-14)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from zhike.comply.models import Purpose
from zhike.comply.selectors import consents_counted
from zhike.foundation import audit, reports
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit import words as audit_words
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind, catalogue
from zhike.foundation.records.declare import Klass
from zhike.foundation.reports import Column, Content, Letter, Table
from zhike.foundation.reports.declare import DOCUMENT

# Acts that open or carry away what is personal: what a check looks at first.
_ACTS = ("value.reveal", "audit.reveal", "records.exported", "report.export")
_RISKS = (Choice("high", _("high"), "bad"), Choice("medium", _("medium"), "warn"), Choice("low", _("low"), "good"))


def _check(viewer: Viewer, period: Period) -> Content:
    """What the system itself can tell of classes, rights, use and consents during the period."""
    since, until = clock.start_of(period.start), min(clock.start_of(period.end), clock.now())
    listed = catalogue.fields()
    sensitive = _posts_with_sensitive()
    return Content(
        {
            "scope": {"since": period.start, "until": clock.local(until).date(), "fields": len(listed),
                      "kinds": len({str(field.key).split(".")[0] for field in listed})},
            "classes": _classes(listed),
            "findings": _findings(listed, sensitive),
            "rights": [{"key": code, "post": code, "holders": len(holders_of(code))} for code in sensitive],
            "use": [
                {"key": action, "action": action,
                 "times": audit.count(viewer, audit.Filters(action=action, since=since, until=until))}
                for action in _ACTS
            ],
            "consents": [
                {"key": purpose, "purpose": purpose, "given": given, "withdrawn": withdrawn, "never": never}
                for purpose, given, withdrawn, never in consents_counted(viewer)
            ],
        },
        gaps=("sharing", "training", "physical"),
    )  # fmt: skip


def _posts_with_sensitive() -> list[str]:
    return [code for code, post in posts().items() if Level.SENSITIVE in post.areas.get(Area.SENSITIVE, frozenset())]


def _classes(listed: list[catalogue.Listed]) -> list[dict[str, Any]]:
    """Fields by class: how many are personal, masked, and kept in the vault."""
    return [
        {
            "key": klass.value, "class": klass.value, "fields": sum(f.klass is klass for f in listed),
            "personal": sum(f.klass is klass and f.is_personal for f in listed),
            "masked": sum(f.klass is klass and f.is_masked for f in listed),
            "vault": sum(f.klass is klass and f.is_in_vault for f in listed),
        }
        for klass in Klass
    ]  # fmt: skip


def _findings(listed: list[catalogue.Listed], sensitive: list[str]) -> list[dict[str, Any]]:
    """What is wrong, with its risk; an empty list means that nothing was found by these checks."""
    found = [
        {"key": f"undeclared:{key}", "risk": "high", "what": "undeclared", "where": key}
        for key in catalogue.undeclared()
    ]
    found += [
        {"key": f"open:{f.key}", "risk": "medium", "what": "open", "where": f.key}
        for f in listed
        if f.is_personal and f.klass is Klass.ORDINARY and not f.is_masked
    ]
    seen = Counter(post for post in sensitive if not holders_of(post))
    found += [{"key": f"idle:{post}", "risk": "low", "what": "idle", "where": post} for post in seen]
    return found


_WHAT = {
    "undeclared": _("Personal data without purpose, basis or retention"),
    "open": _("Personal data that is shown without a mask"),
    "idle": _("A post with access to sensitive values that nobody holds"),
}
_SCOPE = {
    "zh": ("排查期间 {since} 至 {until}，覆盖 {kinds} 类记录的 {fields} 个字段。",
           "依据：《个人信息保护法》《数据安全法》《网络安全法》。"),
    "en": ("Checked from {since} to {until}: {fields} fields of {kinds} kinds of records.",
           "Law: Personal Information Protection Law, Data Security Law, Cybersecurity Law."),
}  # fmt: skip


def _scope(data: dict[str, Any], language: str) -> list[str]:
    return [line.format(**data) for line in _SCOPE["zh" if language.startswith("zh") else "en"]]


def _what(code: str, _language: str) -> str:
    return str(_WHAT.get(code, code))


def _where(key: str, language: str) -> str:
    """A field by its words and kind, a post by its title."""
    if key in posts():
        return posts()[key].title.said_in(language)
    with override("zh-hans" if language.startswith("zh") else "en"):
        known = next((f for f in catalogue.fields() if f.key == key), None)
        return f"{known.kind} · {known.label}" if known is not None else key


def _post(code: str, language: str) -> str:
    return posts()[code].title.said_in(language) if code in posts() else code


def _act(code: str, language: str) -> str:
    with override("zh-hans" if language.startswith("zh") else "en"):
        return audit_words.action(code)


_CLASSES = (Choice("ordinary", _("ordinary")), Choice("sensitive", _("sensitive")))

reports.register(
    reports.Report(
        code="data_risk",
        title=_("Customer data risk check"),
        purpose=_("What of the customers' data is at risk: classes, rights, use, consents, and what is done about it."),
        area=Area.CONSENT,
        query=_check,
        rhythm="quarterly",
        duty="B-50",
        owner="compliance_specialist",
        readers=("management", "it_team", "legal"),
        approved_by=("management",),
        formats=DOCUMENT,
        icon="shield-check",
        order=100,
        requirement="SEC-14",
        gaps={
            "sharing": _("Sharing: not measured, because requests to share data are not in the system yet."),
            "training": _("Training held: not measured, because training records are not in the system yet."),
            "physical": _("Physical security: not measured by the system; write it into the summary."),
        },
        parts=(
            Letter(code="scope", title=_("Scope and law"), say=_scope),
            Table(
                code="findings",
                title=_("Findings"),
                empty=_("These checks found nothing."),
                columns=(
                    Field("risk", _("Risk"), Kind.BADGE, choices=_RISKS),
                    Column(Field("what", _("Finding")), _what),
                    Column(Field("where", _("Where")), _where),
                ),
            ),
            Table(
                code="classes",
                title=_("Storage by class"),
                columns=(
                    Field("class", _("Class"), Kind.CHOICE, choices=_CLASSES),
                    Field("fields", _("Fields"), Kind.NUMBER),
                    Field("personal", _("Personal"), Kind.NUMBER),
                    Field("masked", _("Masked"), Kind.NUMBER),
                    Field("vault", _("In the vault"), Kind.NUMBER),
                ),
            ),
            Table(
                code="rights",
                title=_("Rights to sensitive values"),
                columns=(Column(Field("post", _("Post")), _post), Field("holders", _("People"), Kind.NUMBER)),
            ),
            Table(
                code="use",
                title=_("Use during the period"),
                columns=(Column(Field("action", _("Act")), _act), Field("times", _("Times"), Kind.NUMBER)),
            ),
            Table(
                code="consents",
                title=_("Consents of natural persons"),
                columns=(
                    Field("purpose", _("Purpose"), Kind.CHOICE,
                          choices=tuple(Choice(code, label) for code, label in Purpose.choices)),
                    Field("given", _("Given"), Kind.NUMBER),
                    Field("withdrawn", _("Withdrawn"), Kind.NUMBER),
                    Field("never", _("Never asked"), Kind.NUMBER),
                ),
            ),
        ),
    )
)  # fmt: skip
