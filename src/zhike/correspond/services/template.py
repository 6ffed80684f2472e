"""Templates: a new edition takes the place of the one in use."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Max

from zhike.correspond.models import Template
from zhike.correspond.models.template import Language, Purpose
from zhike.correspond.rules.templates import unknown_in
from zhike.correspond.seeds import SEEDS
from zhike.correspond.services import faults
from zhike.events.correspond import TemplatePublished
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid

_LOCK_SPACE = 0x7A72
_SUBJECT_MOST, _BODY_MOST, _TITLE_MOST = 200, 20_000, 80
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


@transaction.atomic
def template_publish(
    *, viewer: Viewer, code: str, title: str, language: str, purpose: str, subject: str, body: str
) -> Template:
    """Put a new edition into use; messages already written keep the words they were written with.

    Raises: Forbidden, Invalid (also a variable that nobody fills).
    """
    viewer.require(Area.LOYALTY, Level.EDIT)
    code, title, subject, body = code.strip(), title.strip(), subject.strip(), body.strip()
    _refuse_faults(code, title, language, purpose, subject, body)
    serial.hold(_LOCK_SPACE, [f"{code}:{language}"])
    same = Template.objects.filter(code=code, language=language)
    newest = same.aggregate(n=Max("edition"))["n"] or 0
    same.filter(is_current=True).update(is_current=False)
    template = Template.objects.create(
        code=code, title=title, language=language, edition=newest + 1, purpose=purpose, subject=subject, body=body,
        published_at=clock.now(), created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
        owner_id=viewer.person_id, department_id=viewer.department_id,
    )  # fmt: skip
    audit.record(
        viewer, "template.publish", kind="template", object_id=template.pk, object_uid=template.uid,
        after={"code": code, "title": title, "language": language, "edition": template.edition, "purpose": purpose,
               "subject": subject, "body": body},
    )  # fmt: skip
    outbox.publish(
        TemplatePublished(template_uid=str(template.uid), code=code, language=language, edition=template.edition)
    )
    return template


def _refuse_faults(code: str, title: str, language: str, purpose: str, subject: str, body: str) -> None:
    problems: dict[str, str] = {}
    if not _CODE.fullmatch(code):
        problems["code"] = faults.BAD_CODE
    if language not in Language.values:
        problems["language"] = "not_an_option"
    if purpose not in Purpose.values:
        problems["purpose"] = "not_an_option"
    for field, text, most in (
        ("title", title, _TITLE_MOST), ("subject", subject, _SUBJECT_MOST), ("body", body, _BODY_MOST),
    ):  # fmt: skip
        if not text:
            problems[field] = "required"
        elif len(text) > most:
            problems[field] = "too_long"
        elif field != "title" and unknown_in(text):
            problems[field] = faults.UNKNOWN_VARIABLE
    if problems:
        raise Invalid(fields=problems)


def seed_defaults() -> None:
    """First editions of templates of which there is none, not even in the recycle bin: new ones come with a release."""
    known = set(Template._base_manager.values_list("code", flat=True))
    fresh = [Template(edition=1, **seed._asdict()) for seed in SEEDS if seed.code not in known]
    Template.objects.bulk_create(fresh, ignore_conflicts=True)
