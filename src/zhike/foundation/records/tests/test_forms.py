"""What a form shows before anything is typed."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext_lazy, override

from zhike.foundation import records
from zhike.foundation.access.viewer import system
from zhike.foundation.records.declare import Choice, Field, Kind
from zhike.foundation.records.forms import ActionForm


@pytest.mark.parametrize(("begins", "is_ticked"), [(True, True), (False, False), (None, False)])
def test_the_box_of_an_act_is_ticked_only_where_the_act_begins_with_yes(begins: bool | None, is_ticked: bool) -> None:
    field = Field("is_primary", "Primary contact", Kind.BOOL, editable=True)
    form = ActionForm(system("test"), records.get("contacts"), (field,), start={"is_primary": begins, "version": 1})

    assert ("checked" in str(form["is_primary"])) is is_ticked


def test_an_unticked_box_of_an_act_answers_no() -> None:
    field = Field("is_primary", "Primary contact", Kind.BOOL, editable=True)
    form = ActionForm(system("test"), records.get("contacts"), (field,), {"version": "1"}, start={"is_primary": True})

    assert form.is_valid()
    assert form.arguments() == {"is_primary": False}


def test_an_option_begins_with_a_capital_and_what_somebody_typed_stays() -> None:
    """A chip, a cell and an option stand alone; the same word within a sentence does not."""
    with override("en"):
        assert str(Choice("proposed", gettext_lazy("proposed")).label) == "Proposed"
        assert str(Choice("x", "eBay-Anbindung prüfen").label) == "eBay-Anbindung prüfen"
    with override("zh-hans"):
        assert str(Choice("proposed", gettext_lazy("proposed")).label) == "待发布"


@pytest.mark.parametrize(("language", "currency", "label"), [
    ("zh-hans", "CNY", "Cost (元)"), ("en", "CNY", "Cost (CNY)"), ("zh-hans", "USD", "Cost (USD)"),
])  # fmt: skip
def test_an_amount_says_in_what_it_is_typed(language: str, currency: str, label: str) -> None:
    field = Field("cost_minor", "Cost", Kind.MONEY, name="cost", currency=currency)
    with override(language):
        form = ActionForm(system("test"), records.get("contacts"), (field,), start={"version": 1})

    assert form["cost"].label == label
