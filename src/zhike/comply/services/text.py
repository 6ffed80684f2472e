"""Notice texts: a new edition takes the place of the old one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max

from zhike.comply.models import Channel, ConsentText, Purpose
from zhike.comply.models.text import Language, columns_of
from zhike.comply.seeds import SEEDS
from zhike.events.comply import ConsentTextPublished
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, serial
from zhike.foundation.kit.refusals import Invalid

_LOCK_SPACE = 0x7A6D
_LONGEST = 8000


@transaction.atomic
def consent_text_publish(
    *,
    viewer: Viewer,
    channel: str,
    language: str,
    notice: str,
    promise: str,
    purposes: Collection[str],
    in_force_from: dt.datetime | None = None,
) -> ConsentText:
    """Put a new edition into force, now or from a later moment. Consents given before keep the text they were given to.

    Raises: Forbidden (needs approval rights in the area of consent), Invalid.
    """
    viewer.require(Area.CONSENT, Level.APPROVE)
    now = clock.now()
    begins = in_force_from or now
    notice, promise = notice.strip(), promise.strip()
    _refuse_faults(channel, language, notice, promise, purposes, begins < now)
    serial.hold(_LOCK_SPACE, [f"{channel}:{language}"])
    newest = ConsentText.objects.filter(channel=channel, language=language).aggregate(n=Max("edition"))["n"] or 0
    text = ConsentText.objects.create(
        channel=channel, language=language, edition=newest + 1, notice=notice, promise=promise, in_force_from=begins,
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id, owner_id=viewer.person_id,
        department_id=viewer.department_id, **columns_of(purposes),
    )  # fmt: skip
    audit.record(
        viewer, "consent_text.publish", kind="consent_text", object_id=text.pk, object_uid=text.uid,
        after={"channel": channel, "language": language, "edition": text.edition, "notice": notice,
               "promise": promise, "purposes": sorted(purposes), "in_force_from": begins.isoformat()},
    )  # fmt: skip
    outbox.publish(
        ConsentTextPublished(text_uid=str(text.uid), channel=channel, language=language, edition=text.edition)
    )
    return text


def _refuse_faults(
    channel: str, language: str, notice: str, promise: str, purposes: Collection[str], is_past: bool
) -> None:
    problems = {}
    if channel not in Channel.values:
        problems["channel"] = "not_an_option"
    if language not in Language.values:
        problems["language"] = "not_an_option"
    for field, words in (("notice", notice), ("promise", promise)):
        if not words:
            problems[field] = "required"
        elif len(words) > _LONGEST:
            problems[field] = "too_long"
    if not purposes:
        problems["purposes"] = "required"
    elif not set(purposes) <= set(Purpose.values):
        problems["purposes"] = "not_an_option"
    if is_past:
        problems["in_force_from"] = "in_past"
    if problems:
        raise Invalid(fields=problems)


def seed_defaults() -> None:
    """First editions where there is no text at all: an installation can ask for consent from the first day."""
    if ConsentText.objects.exists():
        return
    begins = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # before any consent that may be written down afterwards
    ConsentText.objects.bulk_create(
        [
            ConsentText(
                channel=one.channel, language=one.language, edition=1, notice=one.notice, promise=one.promise,
                in_force_from=begins, **columns_of(Purpose.values),
            )
            for one in SEEDS
        ],
        ignore_conflicts=True,
    )  # fmt: skip
