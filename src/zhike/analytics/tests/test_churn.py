import datetime
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from zhike.analytics import churn
from zhike.analytics.errors import CannotFit
from zhike.analytics.tests import published


@pytest.fixture(scope="module")
def telco():
    return published.telco()


@pytest.fixture(scope="module")
def outcome(telco):
    return (telco["Churn"] == "Yes").to_numpy()


@pytest.fixture(scope="module")
def model(telco, outcome):
    return churn.fit(features=telco.drop(columns="Churn"), churned=outcome)


def made_up(n, *, seed=0, strength=1.5):
    """Customers whose risk is known: it rises with complaints, falls with logins, and plan c is bad."""
    rng = np.random.default_rng(seed)
    complaints, logins = rng.poisson(1.0, n).astype(float), rng.normal(10, 3, n)
    plan, noise = rng.choice(["a", "b", "c"], n), rng.normal(0, 1, n)
    risk = -1.5 + strength * (0.8 * (complaints - 1) - 0.3 * (logins - 10) / 3 + 1.0 * (plan == "c"))
    lost = rng.random(n) < 1 / (1 + np.exp(-risk))
    table = pd.DataFrame({"complaints": complaints, "logins": logins, "plan": plan, "noise": noise})
    return table, lost


@pytest.mark.shared_data
@pytest.mark.requirement("MEAS-07", proof="rule")
def test_telco_auc_is_honest_and_no_worse_than_the_logistic_recipe(telco, outcome, model):
    features = telco.drop(columns=["customerID", "Churn"])
    features["TotalCharges"] = pd.to_numeric(features["TotalCharges"], errors="coerce")
    numeric = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"]
    recipe = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
            (
                OneHotEncoder(min_frequency=5, handle_unknown="ignore"),
                [name for name in features.columns if name not in numeric],
            ),
        ),
        LogisticRegression(C=1, max_iter=2000),
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    baseline = cross_val_score(recipe, features, outcome, cv=folds, scoring="roc_auc").mean()

    assert baseline == pytest.approx(0.8453, abs=0.0005)
    assert model.report.auc >= baseline - 0.003
    # Above 0.86 on this file something leaks.
    assert 0.83 <= model.report.auc <= 0.86
    assert model.report.folds == 5
    assert model.report.brier < 0.140
    assert model.report.average_precision > 0.64


@pytest.mark.shared_data
def test_telco_auc_holds_on_customers_kept_out_of_everything(telco, outcome):
    rng = np.random.default_rng(1)
    kept = rng.random(len(telco)) < 0.25

    found = churn.fit(features=telco[~kept].drop(columns="Churn"), churned=outcome[~kept])

    chance = found.predict(features=telco[kept])
    # 1,750 customers: the standard error of an AUC of 0.845 is about 0.01.
    assert roc_auc_score(outcome[kept], chance) == pytest.approx(found.report.auc, abs=0.025)
    assert chance.mean() == pytest.approx(outcome[kept].mean(), abs=0.03)


@pytest.mark.shared_data
def test_telco_calibration_tells_the_truth_in_every_tenth(model):
    table = model.report.calibration

    assert len(table) == 10
    for row in table:
        # Four standard errors of a share of 704 customers, and a point for the fit.
        allowed = 4 * np.sqrt(row.predicted * (1 - row.predicted) / row.n) + 0.01
        assert row.observed == pytest.approx(row.predicted, abs=allowed)


@pytest.mark.shared_data
def test_an_identifier_is_left_out_and_blank_text_numbers_are_read(model, telco):
    dropped = {one.name: one.reason for one in model.report.columns_dropped}

    assert dropped == {"customerID": "identifier"}
    assert telco["TotalCharges"].dtype != float
    total = next(f for f in model.features if f.name == "TotalCharges")
    assert type(total).__name__ == "Numeric"
    assert total.missing == pytest.approx(11 / 7043)


@pytest.mark.shared_data
def test_the_outcome_among_the_features_is_caught(telco, outcome):
    found = churn.fit(features=telco, churned=outcome)

    assert {(d.name, d.reason) for d in found.report.columns_dropped} >= {("Churn", "leak_suspected")}
    assert [w.code for w in found.report.warnings] == ["leak_suspected"]
    assert found.report.auc < 0.86


@pytest.mark.shared_data
def test_same_seed_same_model_and_pandas_arrow_and_lists_agree(telco, outcome):
    some = telco.drop(columns="Churn").head(1500)
    as_arrow = pa.Table.from_pandas(some, preserve_index=False)
    as_lists = {name: some[name].tolist() for name in some.columns}

    one, two, three = (
        churn.fit(features=table, churned=outcome[:1500], seed=4) for table in (some, as_arrow, as_lists)
    )

    assert one.report == two.report == three.report
    assert one.predict(features=as_arrow).tolist() == two.predict(features=some).tolist()


@pytest.mark.parametrize("family", ["logistic", "boosted"])
def test_points_of_an_explanation_sum_to_the_score(monkeypatch, family):
    monkeypatch.setattr(churn, "_choose", lambda auc: family)
    table, lost = made_up(1500)
    table.loc[::7, "logins"] = np.nan

    found = churn.fit(features=table, churned=lost)

    explained = found.explain(features=table)
    chance = found.predict(features=table)
    odds = explained.base + explained.points.sum(axis=1)
    assert found.report.family == family
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(chance, rel=1e-9)
    # An average customer is at zero, so points read as "more or less than usual".
    assert explained.points.mean(axis=0) == pytest.approx(np.zeros(4), abs=0.05)


def test_boosted_curves_are_the_boosting_itself():
    from sklearn.ensemble import HistGradientBoostingClassifier

    from zhike.analytics import encoding, families, tables

    table, lost = made_up(2000)
    columns, n = tables.read(table)
    features, _ = encoding.learn(columns, n)
    prepared = families.prepare(features, columns)
    caught = {}
    fit = HistGradientBoostingClassifier.fit

    def spy(self, *args):
        caught["model"] = fit(self, *args)
        return caught["model"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HistGradientBoostingClassifier, "fit", spy)
        curves = families.boosted(prepared, np.arange(n), lost)

    ours = curves.log_odds(prepared, np.arange(n))
    assert ours == pytest.approx(caught["model"].decision_function(prepared.codes), abs=1e-9)


def test_causes_name_what_was_built_in_with_shares_that_sum_to_one():
    table, lost = made_up(4000, strength=2.0)
    found = churn.fit(features=table, churned=lost)
    worst = pd.DataFrame(
        {"complaints": [5.0, 1.0, 0.0], "logins": [10.0, 10.0, 20.0], "plan": ["a", "c", "a"], "noise": [0.0] * 3}
    )

    explained = found.explain(features=worst)

    assert explained.causes(0)[0].column == "complaints"
    assert explained.causes(0)[0].value == 5.0
    assert explained.causes(1)[0].column == "plan"
    assert explained.causes(1)[0].value == "c"
    assert sum(cause.share for cause in explained.causes(0, top=99)) == pytest.approx(1.0)
    place, share = explained.main()
    assert [explained.columns[i] for i in place[:2]] == ["complaints", "plan"]
    assert share[0] == pytest.approx(explained.causes(0)[0].share)


def test_chances_come_out_near_the_truth_they_were_made_from():
    table, lost = made_up(20_000)
    fresh, later = made_up(20_000, seed=1)

    chance = churn.fit(features=table, churned=lost).predict(features=fresh)

    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        group = (chance >= low) & (chance < high)
        error = 4 * np.sqrt(chance[group].mean() / group.sum()) + 0.01
        assert later[group].mean() == pytest.approx(chance[group].mean(), abs=error)


@pytest.mark.parametrize(("positives", "family"), [(churn.FEWEST_EACH - 1, "rule"), (churn.FEWEST_EACH, "not rule")])
def test_few_leavers_give_a_rule_that_says_so(positives, family):
    table, _ = made_up(600)
    order = np.argsort(-table["complaints"].to_numpy(), kind="stable")
    lost = np.zeros(600, dtype=bool)
    lost[np.random.default_rng(6).choice(order[:200], positives, replace=False)] = True

    found = churn.fit(features=table, churned=lost)

    assert (found.report.family == "rule") is (family == "rule")
    assert ("few_churned" in {w.code for w in found.report.warnings}) is (family == "rule")
    assert found.report.rule_column == "complaints"
    risky, safe = found.predict(features=table.iloc[order[[0, -1]]])
    assert risky > 3 * safe


def test_one_leaver_is_enough_for_a_rule_without_figures_and_none_for_nothing():
    table, _ = made_up(60)
    lost = np.zeros(60, dtype=int)
    lost[3] = 1

    found = churn.fit(features=table, churned=lost)

    assert found.report.folds == 0
    assert np.isnan(found.report.auc)
    assert (found.predict(features=table) < 0.5).all()
    json.dumps(found.report.as_dict(), allow_nan=False)
    with pytest.raises(CannotFit) as refused:
        churn.fit(features=table, churned=np.zeros(60))
    assert refused.value.code == "one_class_only"
    assert refused.value.data == {"customers": 60, "churned": 0}


def test_pure_noise_is_reported_as_little_skill():
    table, _ = made_up(1000)
    lost = np.random.default_rng(8).random(1000) < 0.3

    report = churn.fit(features=table, churned=lost).report

    assert report.auc < 0.6
    assert "little_skill" in {w.code for w in report.warnings}


def test_every_column_left_out_has_its_reason():
    table, lost = made_up(800)
    rng = np.random.default_rng(2)
    table["row"] = np.arange(800) + 5000
    table["account_id"] = rng.permutation(800) * 37
    table["country"] = "CN"
    table["fax"] = [None] * 790 + ["123"] * 10
    table["remark"] = [f"text {i % 700}" for i in range(800)]
    table["company"] = [f"firm {i}" for i in range(800)]
    table["left_on"] = np.where(lost, "2026-01-05", None)
    table["empty"] = np.nan
    table["spend"] = rng.permutation(800) * 1371.5

    report = churn.fit(features=table, churned=lost).report

    assert {d.name: d.reason for d in report.columns_dropped} == {
        "row": "identifier",
        "account_id": "identifier",
        "country": "constant",
        "fax": "too_sparse",
        "remark": "too_many_values",
        "company": "identifier",
        "left_on": "leak_suspected",
        "empty": "too_sparse",
    }
    assert set(report.columns_used) == {"complaints", "logins", "plan", "noise", "spend"}


@pytest.mark.shared_data
def test_columns_filled_in_after_the_sale_are_noticed_on_the_leads_of_an_online_school():
    leads = pd.read_csv(published.path("x-education-leads/Leads.csv")).replace("Select", None)
    later = ["Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"]
    later += [name for name in leads.columns if name.startswith("Asymmetrique")]
    features, outcome = leads.drop(columns="Converted"), leads["Converted"]

    with_them = churn.fit(features=features, churned=outcome).report
    without = churn.fit(features=features.drop(columns=later), churned=outcome).report

    assert "too_good" in {w.code for w in with_them.warnings}
    assert without.warnings == ()
    # The baselines are 0.8645 (logistic) and 0.8742 (boosting).
    assert without.auc == pytest.approx(0.8742, abs=0.005)


def test_dates_truth_values_and_numbers_as_text_with_gaps_are_read():
    table, lost = made_up(800)
    rng = np.random.default_rng(3)
    table["since"] = [datetime.date(2020, 1, 1) + datetime.timedelta(days=int(d)) for d in rng.integers(0, 900, 800)]
    table["vip"] = pd.array(rng.random(800) < 0.3, dtype="boolean")
    table.loc[5, "vip"] = pd.NA
    table["seen"] = [f"2025-{m:02d}-{d:02d} 10:00" for m, d in rng.integers(1, 13, (800, 2))]
    table["paid"] = [f"{v:,.2f}" for v in rng.gamma(2, 3000, 800)]
    table.loc[3, "paid"] = " "
    table["city"] = rng.choice([f"城市{i}" for i in range(120)], 800)

    found = churn.fit(features=table, churned=lost)

    kinds = {feature.name: type(feature).__name__ for feature in found.features}
    assert {name for name, kind in kinds.items() if kind == "Category"} == {"plan", "city"}
    assert next(f for f in found.features if f.name == "since").edges.min() > 18_000
    assert next(f for f in found.features if f.name == "seen").edges.min() > 20_000
    unseen = table.head(2).assign(city=["月球", None], paid=["?", None], vip=pd.array([None, None], "boolean"))
    assert np.isfinite(found.predict(features=unseen)).all()


def test_customers_with_unknown_outcome_are_left_out_and_counted():
    table, lost = made_up(800)
    outcome = lost.astype(float)
    outcome[:100] = np.nan

    found = churn.fit(features=table, churned=outcome)
    same = churn.fit(features=table.iloc[100:], churned=lost[100:])

    assert found.report.n == 700
    assert [(w.code, w.data) for w in found.report.warnings] == [("unknown_outcome", {"customers": 100})]
    assert found.predict(features=table).tolist() == same.predict(features=table).tolist()


def test_the_order_of_columns_does_not_matter_to_predict_and_absent_ones_are_named():
    table, lost = made_up(800)
    found = churn.fit(features=table, churned=lost)

    turned = found.predict(features=table[table.columns[::-1]])

    assert turned.tolist() == found.predict(features=table).tolist()
    with pytest.raises(ValueError, match="absent: logins, plan"):
        found.predict(features=table[["complaints", "noise"]])


@pytest.mark.parametrize(
    ("features", "churned", "error", "message"),
    [
        ({"a": [1, 2]}, [0, 1, 1], ValueError, "features 2, churned 3"),
        ({"a": [1, 2], "b": [1]}, [0, 1], ValueError, "a 2, b 1"),
        ({"a": [1, 2]}, ["yes", "no"], ValueError, "churned must hold only yes and no"),
        ({"a": [1, 1]}, [0, 1], CannotFit, "no_usable_columns"),
        ({"a": []}, [], CannotFit, "no_customers"),
        ([1, 2], [0, 1], TypeError, "must be a pandas or Arrow table"),
    ],
)
def test_unusable_input_is_refused_in_words(features, churned, error, message):
    with pytest.raises(error, match=message):
        churn.fit(features=features, churned=churned)


def test_above_the_row_limit_a_sample_is_used_and_said(monkeypatch):
    monkeypatch.setattr(churn, "MOST_ROWS", 500)
    table, lost = made_up(800)

    report = churn.fit(features=table, churned=lost).report

    assert report.n == 500
    assert [(w.code, w.data) for w in report.warnings] == [("rows_sampled", {"customers": 800, "used": 500})]
