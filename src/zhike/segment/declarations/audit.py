"""How the log says what was done with the strategy table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "strategy",
    _("Strategy table"),
    actions={
        "strategy.draft": _("Wrote a draft of a strategy"),
        "strategy.approve": _("Approved a strategy"),
        "strategy.set_aside": _("Set a draft of a strategy aside"),
        "strategy.exported": _("Exported the strategy table"),
    },
)
words.declare(
    "strategy_task",
    _("Strategy task"),
    records="strategy_tasks",
    actions={
        "strategy.enter": _("Started strategy tasks"),
        "strategy.leave": _("Ended strategy tasks of customers who left their row"),
    },
)
