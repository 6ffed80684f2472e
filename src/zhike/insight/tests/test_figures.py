"""The figures of a night's models are said in words: no key of the program reaches the page."""

from __future__ import annotations

import dataclasses
import re

from django.utils import translation

from zhike.analytics import churn, diagnosis
from zhike.insight.web.figures import FIGURE_WORDS, VALUE_WORDS, figures_of

REPORT = {
    "version": "bgnbd-gammagamma/1",
    "diagnosis": {"verdict": "good", "cause": None, "customers": 219.0, "tracking_error": -0.115},
    "purchases": {"r": 17.4, "limits_95": {"r": [12.3, 24.6]}, "customers": 267.0},
    "time_unit": "week",
    "total": {"minor": 116_903_423},
    "learned_from": "past",
}


def test_every_figure_and_every_verdict_of_the_models_has_words() -> None:
    plain = {"str", "int", "float", "str | None", "Verdict"}
    kept = {f.name for cls in (churn.Report, diagnosis.Diagnosis) for f in dataclasses.fields(cls) if f.type in plain}

    assert kept - set(FIGURE_WORDS) == set()
    assert {*map(str, diagnosis.Verdict), *churn.MAKERS} - set(VALUE_WORDS) == set()


def test_a_chinese_reader_meets_words_money_and_each_figure_once() -> None:
    with translation.override("zh-hans"):
        found = [(words, str(value)) for words, value in figures_of(REPORT)]

    assert ("回测结论", "良好") in found
    assert ("时间单位", "周") in found
    assert ("价值合计", "¥1,169,034.23") in found
    assert [words for words, _value in found].count("客户") == 1
    assert not [words for words, value in found if re.search("[a-z]{3}", words + value)]
