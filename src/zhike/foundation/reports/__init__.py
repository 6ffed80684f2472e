"""Named reports, declared by the rooms: drafted on time, completed, approved where needed, published, kept, exported.

>>> reports.register(Report(code="churn_warnings", title=_("Churn warning list"), rhythm="weekly", ...))
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.reports.declare import (
        Chart,
        Column,
        Content,
        Figures,
        Letter,
        Report,
        Rows,
        Table,
        find,
        register,
    )
    from zhike.foundation.reports.fonts import fonts_at
    from zhike.foundation.reports.reading import due_this_week, issue_about, link_of_duty, to_approve
    from zhike.foundation.reports.services.drafting import draft, draft_due, publish_about
    from zhike.foundation.reports.services.ending import publish_by_itself

_PLACES = {
    "declare": (
        "Chart",
        "Column",
        "Content",
        "Figures",
        "Letter",
        "Report",
        "Rows",
        "Table",
        "find",
        "register",
    ),
    "fonts": ("fonts_at",),
    "reading": ("due_this_week", "issue_about", "link_of_duty", "to_approve"),
    "services.drafting": ("draft", "draft_due", "publish_about"),
    "services.ending": ("publish_by_itself",),
}
__all__ = [
    "Chart",
    "Column",
    "Content",
    "Figures",
    "Letter",
    "Report",
    "Rows",
    "Table",
    "draft",
    "draft_due",
    "due_this_week",
    "find",
    "fonts_at",
    "issue_about",
    "link_of_duty",
    "publish_about",
    "publish_by_itself",
    "register",
    "to_approve",
]
__getattr__ = door(__name__, {name: place for place, names in _PLACES.items() for name in names})
