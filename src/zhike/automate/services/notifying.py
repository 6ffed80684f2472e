"""Telling people of what a rule noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhike.automate.declare import Doing
from zhike.automate.services.people import meant
from zhike.foundation import messages


def told(doing: Doing, answers: Mapping[str, Any]) -> int:
    """Tell those who are meant and see the record; how many. Told again for the same firing nothing happens."""
    people = meant(doing, answers)
    words = {"text": str(answers["text"]), "rule": doing.run.rule.name}
    messages.tell(
        [person.pk for person in people], "automate.told", words, link=doing.record_type.link(doing.row.uid),
        about=f"{doing.run.uid}:{doing.place}",
    )  # fmt: skip
    return len(people)
