"""The door of the retain room. Light to import: what needs the database is looked up on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.retain.rules.playbook import cause_behind
from zhike.retain.rules.warning import route_of

if TYPE_CHECKING:
    from zhike.retain.causes import causes_from, signals_from
    from zhike.retain.selectors.cases import (
        CaseCard,
        LastWord,
        Remedy,
        case_of,
        last_words,
        plans_under_way,
        remedies,
    )
    from zhike.retain.selectors.patrols import Recommending, recommending
    from zhike.retain.selectors.results import CasesCounted, Result, cases_counted
    from zhike.retain.selectors.warnings import (
        WarningCard,
        WarningPart,
        loss_cause,
        warning_counts,
        warning_of,
        warnings_listed,
        warnings_of_case,
        warnings_split,
    )
    from zhike.retain.services.load import CaseRow, cases_load
    from zhike.retain.services.warning import (
        PUBLISHERS,
        Proposal,
        Proposed,
        warning_dismiss,
        warning_publish,
        warnings_propose,
    )
    from zhike.retain.wording import cause_words, measure_words

__all__ = [
    "PUBLISHERS",
    "CaseCard",
    "CaseRow",
    "CasesCounted",
    "LastWord",
    "Proposal",
    "Proposed",
    "Recommending",
    "Remedy",
    "Result",
    "WarningCard",
    "WarningPart",
    "case_of",
    "cases_counted",
    "cases_load",
    "cause_behind",
    "cause_words",
    "causes_from",
    "last_words",
    "loss_cause",
    "measure_words",
    "plans_under_way",
    "recommending",
    "remedies",
    "route_of",
    "signals_from",
    "warning_counts",
    "warning_dismiss",
    "warning_of",
    "warning_publish",
    "warnings_listed",
    "warnings_of_case",
    "warnings_propose",
    "warnings_split",
]
_READS = (
    "WarningCard", "WarningPart", "loss_cause", "warning_counts", "warning_of", "warnings_listed", "warnings_of_case",
    "warnings_split",
)  # fmt: skip
_WRITES = ("PUBLISHERS", "Proposal", "Proposed", "warning_dismiss", "warning_publish", "warnings_propose")
_OF_CASES = ("CaseCard", "LastWord", "Remedy", "case_of", "last_words", "plans_under_way", "remedies")
_CASES = dict.fromkeys(_OF_CASES, "selectors.cases") | dict.fromkeys(("cause_words", "measure_words"), "wording")
_CASES |= dict.fromkeys(("CasesCounted", "Result", "cases_counted"), "selectors.results")
_CASES |= dict.fromkeys(("Recommending", "recommending"), "selectors.patrols")
_CASES |= dict.fromkeys(("CaseRow", "cases_load"), "services.load")
_PLACES = dict.fromkeys(_READS, "selectors.warnings") | dict.fromkeys(_WRITES, "services.warning") | _CASES
__getattr__ = door("zhike.retain", _PLACES | {"causes_from": "causes", "signals_from": "causes"})
