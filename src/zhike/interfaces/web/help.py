"""What somebody's posts are there for: the duties that they owe, with the time allowed now, from the declarations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhike.foundation.access.matrix import posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.declaration import Declaration, Obligation, owners_of, unit_of
from zhike.foundation.obligations.engine import amount_of
from zhike.foundation.policies import current

# Who stands in these relations to customers: the posts that customers are given to.
RELATIONS = {
    "customer_manager": ("customer_manager", "sales_specialist", "success_manager"),
    "success_manager": ("success_manager",),
}
RHYTHM_WORDS = {
    "daily": gettext_lazy("every day"), "weekly": gettext_lazy("every week"), "monthly": gettext_lazy("every month"),
    "quarterly": gettext_lazy("every quarter"), "half_yearly": gettext_lazy("every half-year"),
    "yearly": gettext_lazy("every year"),
}  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """One duty in words: what, within what or how often, and what proves it done."""

    title: str
    when: str
    proof: str


@dataclass(frozen=True)
class Work:
    """What one post owes."""

    code: str
    title: str
    duties: tuple[Owed, ...]


def work_of(viewer: Viewer) -> list[Work]:
    """The viewer's posts with their duties, in the order of section B."""
    known = posts()
    return [
        Work(code, known[code].title.said_in(viewer.language), tuple(_owed(code)))
        for code in sorted(viewer.posts)
        if code in known
    ]


def _owed(post: str) -> Iterator[Owed]:
    for code, one in sorted(declared().items()):
        if post in _posts_of(one) and not code.startswith("approval."):
            yield Owed(str(one.title), _when(one), str(one.proof))


def _posts_of(one: Declaration) -> set[str]:
    found: set[str] = set()
    for place in owners_of(one):
        kind, _colon, name = place.partition(":")
        found.update((name,) if kind == "post" else RELATIONS.get(name, ()) if kind == "relation" else ())
    return found


def _when(one: Declaration) -> str:
    if not isinstance(one, Obligation):
        return str(RHYTHM_WORDS.get(one.rhythm, "")) if isinstance(one.rhythm, str) else _("by its rhythm")
    if one.within is None:
        return _("as promised")
    return within_words(amount_of(one, current()), unit_of(one))


def within_words(amount: float, unit: str) -> str:
    """``within 24 hours``, in the active language."""
    n = 1 if amount == 1 else 2  # halves and tenths are spoken of as several
    words = {
        "minutes": ngettext("within %(n)s minute", "within %(n)s minutes", n),
        "hours": ngettext("within %(n)s hour", "within %(n)s hours", n),
        "days": ngettext("within %(n)s day", "within %(n)s days", n),
        "working_days": ngettext("within %(n)s working day", "within %(n)s working days", n),
        "months": ngettext("within %(n)s month", "within %(n)s months", n),
        "years": ngettext("within %(n)s year", "within %(n)s years", n),
    }
    return words[unit] % {"n": f"{amount:g}"}
