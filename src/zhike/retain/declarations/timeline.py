"""How a retention case reads on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.foundation.records import names
from zhike.retain.models.case import Answer, Evidence
from zhike.retain.models.patrol import FollowUp
from zhike.retain.wording import cause_words, lead_words, measure_words


def _name(person_id: Any) -> str:
    found = names.people.get(person_id)
    return found.name if found else "–"


@line_words("retention.opened", "lifebuoy")
def _opened(words: Mapping[str, Any], _language: str) -> Said:
    return _("Retention case opened, led by %(name)s") % {"name": _name(words.get("lead_id"))}, lead_words(
        str(words.get("reason", ""))
    )


@line_words("retention.offered", "hand-stop")
def _offered(words: Mapping[str, Any], _language: str) -> Said:
    return _("Not contacted in time: case offered to %(name)s") % {"name": _name(words.get("lead_id"))}, ""


@line_words("retention.taken", "user-check")
def _taken(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(name)s leads the retention case now") % {"name": _name(words.get("lead_id"))}, ""


@line_words("retention.interviewed", "message-question")
def _interviewed(words: Mapping[str, Any], language: str) -> Said:
    return _("Retention interview held"), _("Cause: %(cause)s") % {"cause": cause_words(words.get("cause"), language)}


@line_words("retention.submitted", "file-upload")
def _submitted(words: Mapping[str, Any], language: str) -> Said:
    measure = {"measure": measure_words(words.get("measure"), language)}
    return _("Retention plan submitted"), _("Measure: %(measure)s") % measure


@line_words("retention.returned", "arrow-back-up")
def _returned(words: Mapping[str, Any], _language: str) -> Said:
    return _("Retention plan returned"), str(words.get("reason", ""))


@line_words("retention.approved", "circle-check")
def _approved(words: Mapping[str, Any], language: str) -> Said:
    detail = {"measure": measure_words(words.get("measure"), language), "day": words.get("goal_on", "")}
    return _("Retention plan approved"), _("%(measure)s, goal by %(day)s") % detail


@line_words("retention.step", "checkbox")
def _step(words: Mapping[str, Any], _language: str) -> Said:
    return _("Step of the retention plan done"), str(words.get("what", ""))


@line_words("retention.saved", "heart-check")
def _saved(words: Mapping[str, Any], _language: str) -> Said:
    evidence = dict(Evidence.choices).get(words.get("evidence", ""), "")
    return _("Customer saved"), str(evidence)


@line_words("retention.lost", "heart-x")
def _lost(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Customer lost"), _("Last talk, true reason and file are owed.")


@line_words("retention.last_talk", "message-2")
def _last_talk(words: Mapping[str, Any], language: str) -> Said:
    reason = _("True reason: %(cause)s") % {"cause": cause_words(words.get("reason"), language)}
    return _("Last talk with the lost customer"), reason


@line_words("retention.archived", "archive")
def _archived(words: Mapping[str, Any], language: str) -> Said:
    reason = _("True reason: %(cause)s") % {"cause": cause_words(words.get("reason"), language)}
    return _("File of the lost customer archived"), reason


@line_words("retention.approached", "phone-check")
def _approached(words: Mapping[str, Any], _language: str) -> Said:
    if words.get("again_on"):
        return _("Lost customer approached again"), _("May be approached again from %(day)s") % {
            "day": words["again_on"]
        }
    return _("Lost customer approached again"), capfirst(str(dict(Answer.choices).get(words.get("answer", ""), "")))


@line_words("patrol.held", "clipboard-heart")
def _patrolled(words: Mapping[str, Any], _language: str) -> Said:
    health, recommend = words.get("health"), words.get("recommend")
    parts = [] if health is None else [_("Health %(score)s") % {"score": f"{health:.1f}"}]
    parts += [] if recommend is None else [_("recommends us: %(answer)s of 10") % {"answer": recommend}]
    return _("Health patrol held"), ", ".join(parts)


@line_words("patrol.task", "checkbox")
def _followed_up(words: Mapping[str, Any], _language: str) -> Said:
    kind = dict(FollowUp.choices).get(words.get("kind", ""), "")
    return _("Done after the health patrol: %(kind)s") % {"kind": kind}, str(words.get("what", ""))
