"""Deputies sign for who is away, and hear of it with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation import messages
from zhike.foundation.access import deputies
from zhike.foundation.access.models import Deputyship
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import ports
from zhike.foundation.approvals.services import standing_in
from zhike.foundation.messages import notice_words


@ports.deputies
def _today(people: Iterable[int]) -> list[tuple[int, int]]:
    return [(one.person_id, one.deputy_id) for one in deputies.standing_in(people)]


def _changed(viewer: Viewer, made: Deputyship, what: str) -> None:
    """Both are told, and who counts on the deputy elsewhere; approvals that wait are asked of the deputy at once."""
    words = {
        "person": made.person.name, "deputy": made.deputy.name, "since": made.since.isoformat(),
        "until": made.until.isoformat(), "by": "" if viewer.is_system else viewer.name,
    }  # fmt: skip
    told, mark = [made.person_id, made.deputy_id], f"deputy:{made.pk}:{what}"
    messages.tell(told, f"deputy.{what}", words, link="/deputies/", about=mark)
    if what == "ended":
        standing_in.release_deputies()
        return
    standing_in.ask_deputies([made.person_id])
    elsewhere = Deputyship.objects.filter(
        deputy=made.person_id, ended_at=None, since__lte=made.until, until__gte=made.since
    )
    left = {person for pair in elsewhere.values_list("person_id", "person__superior_id") for person in pair if person}
    messages.tell(left - {made.person_id}, "deputy.away", words, link="/deputies/", about=mark)


deputies.changed.append(_changed)


@notice_words("deputy.named", "user-plus")
def _named(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    return _("%(deputy)s stands in for %(person)s from %(since)s to %(until)s") % words, ""


@notice_words("deputy.ended", "x")
def _ended(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    return _("%(deputy)s does not stand in for %(person)s any more") % words, ""


@notice_words("deputy.away", "alert-triangle")
def _away(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    title = _("%(person)s stands in for somebody and is away too from %(since)s to %(until)s") % words
    return title, _("A deputy has no deputy: name somebody else for these days.")
