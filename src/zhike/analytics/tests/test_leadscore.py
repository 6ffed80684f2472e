import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhike.analytics import leadscore
from zhike.analytics.cautions import named
from zhike.analytics.errors import CannotFit
from zhike.analytics.tests import published


@pytest.fixture(scope="module")
def leads():
    return published.leads()


@pytest.fixture(scope="module")
def model(leads):
    return leadscore.fit(
        features=leads.drop(columns="Converted"), converted=leads["Converted"], known_later=published.LEADS_LATER
    )


def made_up(n, seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "calls": rng.poisson(2, n).astype(float),
            "staff": rng.lognormal(4, 1, n),
            "source": rng.choice(["展会", "web", None], n),
        }
    )
    odds = -2 + 0.6 * table["calls"] + 1.0 * (table["source"] == "展会") - 0.3 * np.log(table["staff"] / 50)
    return table, rng.random(n) < 1 / (1 + np.exp(-odds))


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.requirement("ACQ-06", proof="rule")
def test_leads_of_an_online_school_without_the_columns_filled_in_later(model):
    report = model.report

    # The baselines are 0.8645 (logistic) and 0.8742 (boosting); with the leaky columns it would be 0.98.
    assert 0.8742 - 0.003 <= report.auc <= 0.89
    assert report.average_precision > 0.81
    assert report.brier < 0.138
    assert {d.name for d in report.columns_dropped if d.reason == "known_later"} == set(published.LEADS_LATER)
    assert {"Prospect ID", "Lead Number"} <= {d.name for d in report.columns_dropped}
    assert report.warnings == ()
    for row in report.calibration:
        allowed = 4 * np.sqrt(row.predicted * (1 - row.predicted) / row.n) + 0.01
        assert row.observed == pytest.approx(row.predicted, abs=allowed)


@pytest.mark.slow
@pytest.mark.shared_data
def test_leads_reach_the_better_recipe_recomputed_in_the_same_run(leads, model):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    features = leads.drop(columns=["Converted", "Prospect ID", "Lead Number", *published.LEADS_LATER])
    for name in features.select_dtypes(exclude="number").columns:
        features[name] = features[name].fillna("missing").astype("category").cat.codes
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    recipe = HistGradientBoostingClassifier(random_state=0)

    baseline = cross_val_score(recipe, features, leads["Converted"], cv=folds, scoring="roc_auc").mean()

    assert baseline == pytest.approx(0.8742, abs=0.001)
    assert model.report.auc >= baseline - 0.003


@pytest.mark.shared_data
def test_columns_filled_in_later_are_pointed_at(leads):
    found = leadscore.suspects(features=leads.drop(columns="Converted"), converted=leads["Converted"])

    assert next(iter(found)) == "Tags"
    assert "Lead Quality" in found
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert min(found.values()) > 0.75


@pytest.mark.slow
@pytest.mark.shared_data
def test_grades_hold_their_shares_and_promise_rising_success(leads, model):
    grade = model.grade(features=leads)
    success = {name: leads["Converted"][grade == name].mean() for name in "ABC"}

    assert (grade == "A").mean() == pytest.approx(0.2, abs=0.02)
    assert (grade != "C").mean() == pytest.approx(0.5, abs=0.02)
    assert success["A"] > 0.8 > 0.4 > success["C"]
    assert success["A"] > success["B"] > success["C"]
    json.dumps(model.report.as_dict(), allow_nan=False)


def test_reasons_name_what_was_built_in_for_and_against():
    table, converted = made_up(4000)
    found = leadscore.fit(features=table, converted=converted)
    probe = pd.DataFrame({"calls": [6.0, 0.0], "staff": [50.0, 50.0], "source": ["web", "展会"]})

    explained = found.explain(features=probe)
    hot = leadscore.reasons(explanation=explained, row=0)
    cold = leadscore.reasons(explanation=explained, row=1)

    assert (hot[0].column, hot[0].value, hot[0].direction) == ("calls", 6.0, "for")
    assert (cold[0].column, cold[0].direction) == ("calls", "against")
    assert {(r.column, r.value, r.direction) for r in cold} >= {("source", "展会", "for")}
    for told in (hot, cold):
        for direction in ("for", "against"):
            assert sum(r.share for r in told if r.direction == direction) <= 1 + 1e-9
    assert set(found.grade(features=table)) == {"A", "B", "C"}
    assert found.grade(features=probe).tolist() == ["A", "C"]
    odds = explained.base + explained.points.sum(axis=1)
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(found.predict(features=probe))


def test_open_leads_are_left_out_and_few_leads_give_a_rule():
    table, converted = made_up(200)
    outcome = np.where(np.arange(200) < 20, np.nan, converted)

    found = leadscore.fit(features=table, converted=outcome)

    assert found.report.family == "rule"
    assert named(found.report.warnings) == {"few_converted", "unknown_outcome"}
    assert {w.code: w.data for w in found.report.warnings}["unknown_outcome"] == {"leads": 20}
    assert np.isfinite(found.predict(features=table)).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), exponent=st.integers(-6, 10))
def test_another_currency_gives_the_same_chances(seed, exponent):
    table, converted = made_up(120, seed=seed)
    scaled = table.assign(staff=table["staff"] * 2.0**exponent)

    one = leadscore.fit(features=table, converted=converted).predict(features=table)
    other = leadscore.fit(features=scaled, converted=converted).predict(features=scaled)

    assert ((one > 0) & (one < 1)).all()
    assert other == pytest.approx(one, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"converted": ["a", "b"]}, ValueError, "converted must hold only yes and no"),
        ({"converted": [1, 1]}, CannotFit, "one_class_only"),
        ({"known_later": ["b"]}, ValueError, "columns that are absent: b"),
        ({"known_later": ["a"]}, CannotFit, "no_usable_columns"),
        ({"grades": (0.5, 0.2)}, ValueError, "grades must be shares that rise"),
        ({"features": {"a": []}, "converted": []}, CannotFit, "no_customers"),
    ],
)
def test_unusable_input_is_refused_in_words(change, error, message):
    with pytest.raises(error, match=message):
        leadscore.fit(**{"features": {"a": [1, 2]}, "converted": [0, 1], **change})
