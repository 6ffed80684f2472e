"""The figures of a model's report as the night's page says them: in words, money as money, no key of the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.kit import money

FIGURE_WORDS = {
    "lifetime_years": _("lifetime in years"), "retention": _("retention rate"),
    "retention_basis": _("retention rate is"), "verdict": _("back-test"), "cause": _("because of"),
    "customers": _("customers"), "repeat_customers": _("repeat customers"),
    "expected": _("purchases expected"), "real": _("purchases made"), "tracking_error": _("error of the total"),
    "correlation": _("correlation by customer"), "mae": _("mean error by customer"),
    "mae_of_same_rate": _("mean error if all went on as before"),
    "r": _("parameter r"), "alpha": _("parameter α"), "a": _("parameter a"), "b": _("parameter b"),
    "p": _("parameter p"), "q": _("parameter q"), "v": _("parameter v"), "log_likelihood": _("log-likelihood"),
    "time_unit": _("unit of time"), "value_correlation": _("link of frequency and value"),
    "minor": _("value in all"), "low": _("at least"), "high": _("at most"), "interval": _("level of the interval"),
    "horizon_months": _("months ahead"), "learned_from": _("learned from"), "family": _("kind of model"),
    "n": _("customers learned from"), "positives": _("of them lost"), "base_rate": _("share lost"),
    "folds": _("parts checked in turn"), "auc": _("AUC"), "auc_sd": _("AUC, spread"),
    "average_precision": _("average precision"), "brier": _("Brier score"), "rule_auc": _("AUC of one column alone"),
    "rule_column": _("that column"), "seed": _("seed"),
}  # fmt: skip
VALUE_WORDS = {
    "good": pgettext_lazy("back-test", "good"), "usable": pgettext_lazy("back-test", "usable"),
    "poor": pgettext_lazy("back-test", "poor"), "refused": pgettext_lazy("back-test", "not possible"),
    "tracking_error": _("error of the total"), "correlation": _("correlation by customer"),
    "week": _("week"), "day": _("day"), "assumed": pgettext_lazy("retention rate", "assumed"),
    "measured": pgettext_lazy("retention rate", "measured"), "past": _("the past of these customers"),
    "stated": _("losses as the data state them"), "logistic": _("logistic regression"), "boosted": _("boosted trees"),
    "rule": _("one column alone"),
}  # fmt: skip
_MONEY = frozenset({"minor", "low", "high"})
_SHOWN = (str, int, float)
_MOST = 24


def figures_of(report: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The plain figures of ``report``, one level deep, each once; lists and what has no words are left out."""
    found: dict[str, Any] = {}
    for key, value in report.items():
        inner = value.items() if isinstance(value, Mapping) else [(key, value)]
        for name, figure in inner:
            if name in FIGURE_WORDS and isinstance(figure, _SHOWN) and figure != "":
                found.setdefault(name, figure)
    return [(str(FIGURE_WORDS[name]), _said(name, figure)) for name, figure in list(found.items())[:_MOST]]


def _said(name: str, figure: Any) -> Any:
    if name in _MONEY:
        return money.full(int(figure))
    return VALUE_WORDS.get(figure, figure) if isinstance(figure, str) else figure
