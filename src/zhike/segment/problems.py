"""What is wrong with a row of the strategy table, as sentences that tell how to mend it, in the active language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.segment.rules.concrete import Concrete
from zhike.segment.rules.conditions import MEASURES, ConditionFault
from zhike.segment.words import language

PARTS = {
    "who": gettext_lazy("who does it"),
    "what": gettext_lazy("what is done"),
    "when": gettext_lazy("by when"),
    "degree": gettext_lazy("to what degree"),
}


def missing_words(missing: Sequence[str]) -> str:
    """The missing parts in words, parted as the language parts them."""
    return _(", ").join(str(PARTS[part]) for part in missing)


def not_concrete(found: Concrete) -> str:
    """Why a measure cannot be carried out yet (STR-02)."""
    words = {"missing": missing_words(found.missing), "measure": found.empty[0] if found.empty else ""}
    if found.empty:
        return _("“%(measure)s” says nothing that somebody could begin tomorrow. Missing: %(missing)s.") % words
    return _("This cannot be carried out yet. Missing: %(missing)s.") % words


def unknown_placeholder(name: str) -> str:
    """A word in braces that stands for no number of the policies."""
    return _("{%(name)s} stands for no number of the policies. Use one of the list below, or leave the braces out.") % {
        "name": name.strip("{}")
    }


def bad_condition(fault: ConditionFault) -> str:
    """A line of a condition that is not understood."""
    data = {"line": fault.line, **fault.data}
    match fault.code:
        case "no_operator":
            return _("Line %(line)s: no comparison in “%(text)s”. Write for example: health < 60") % data
        case "unknown_measure":
            is_zh = language() == "zh"
            names = _(", ").join(m.zh if is_zh else m.en for m in MEASURES.values())
            return _("Line %(line)s: nobody knows “%(text)s”. Use one of: %(names)s") % (data | {"names": names})
        case "unknown_value":
            return _("Line %(line)s: “%(text)s” is no value here. Use one of: %(options)s") % data
        case "not_comparable":
            return _("Line %(line)s: “%(text)s” is a word, not a number. Compare it with = or !=") % data
        case "not_a_number":
            return _("Line %(line)s: “%(text)s” is no number.") % data
        case _:
            return _("Line %(line)s: the value is missing after “%(text)s”.") % data
