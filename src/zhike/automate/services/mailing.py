"""A template by e-mail, through the gate: consent, wishes, caps and quiet hours hold for rules as for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from zhike.automate.declare import Doing
from zhike.correspond.public import About, Message, queued, template_in_use, templates_in_use
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import Choice


def may_mail(viewer: Viewer) -> bool:
    """Who writes templates may have them sent by a rule; so may who writes to customers by hand."""
    return viewer.may(Area.LOYALTY, Level.EDIT) or viewer.may(Area.TIMELINE, Level.EDIT)


def templates() -> Sequence[Choice]:
    """The templates in use, by code and language."""
    is_zh = (get_language() or "en").startswith("zh")
    return tuple(
        Choice(f"{t.code}:{t.language}", f"{t.title} · {'中文' if t.language == 'zh' else 'English'}")
        for t in sorted(templates_in_use(), key=lambda t: ((t.language == "zh") != is_zh, t.title))
    )


def mailed(doing: Doing, chosen: str) -> Message:
    """Write to the record's customer by the edition in use today. What the gate refuses stands there with its reasons.

    Raises: Forbidden, NotFound (no customer), Invalid (the template is out of use, or a variable has no value).
    """
    if not may_mail(doing.viewer):
        doing.viewer.require(Area.LOYALTY, Level.EDIT)
    if doing.customer_id is None:
        raise NotFound(customer="")
    code, _colon, language = chosen.partition(":")
    template = template_in_use(code, language)
    if template is None:
        raise Invalid(fields={"template": "not_an_option"})
    number = str(getattr(doing.row, "number", "") or "")
    about = About(doing.record_type.code, doing.row.uid, number) if doing.record_type.code != "customers" else None
    return queued(
        viewer=doing.viewer, customer_id=doing.customer_id, contact_id=None, subject=template.subject,
        body=template.body, purpose=template.purpose, template=template, about=about, is_automatic=True,
        key=f"rule:{doing.run.uid}:{doing.place}",
    )  # fmt: skip
