"""The families of churn scores. Each learns from coded columns and gives log-odds per column."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import logit

from zhike.analytics import encoding, ranking
from zhike.analytics.arrays import BoolArray, FloatArray, IntArray
from zhike.analytics.encoding import Category, Feature
from zhike.analytics.tables import Columns

RULE_BANDS = 4
RULE_STRENGTH = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The training customers as every family wants them: codes (n, k), a design matrix, its parts per column."""

    features: tuple[Feature, ...]
    codes: IntArray
    design: FloatArray
    parts: tuple[slice, ...]


class Score(Protocol):
    """A fitted family: log-odds are ``base`` plus the sum over columns of ``points`` (n, k)."""

    @property
    def base(self) -> float:
        """Log-odds of the average training customer."""

    def points(self, columns: Columns) -> FloatArray:
        """Log-odds per column against the average training customer."""

    def log_odds(self, prepared: Prepared, rows: IntArray) -> FloatArray:
        """Log-odds of rows already coded."""


def prepare(features: Sequence[Feature], columns: Columns) -> Prepared:
    """Code and standardise every column once."""
    blocks = [feature.design(columns[feature.name]) for feature in features]
    ends = np.cumsum([block.shape[1] for block in blocks]).tolist()
    return Prepared(
        features=tuple(features),
        codes=np.stack([feature.codes(columns[feature.name]) for feature in features], axis=1),
        design=np.concatenate(blocks, axis=1),
        parts=tuple(slice(a, b) for a, b in zip([0, *ends], ends, strict=False)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Logistic regression on the design matrix."""

    features: tuple[Feature, ...]
    parts: tuple[slice, ...]
    weights: FloatArray
    base: float

    def points(self, columns: Columns) -> FloatArray:
        each = [
            feature.design(columns[feature.name]) @ self.weights[part]
            for feature, part in zip(self.features, self.parts, strict=True)
        ]
        return np.stack(each, axis=1)

    def log_odds(self, prepared: Prepared, rows: IntArray) -> FloatArray:
        return np.asarray(self.base + prepared.design[rows] @ self.weights)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """One table of log-odds per column, looked up by code."""

    features: tuple[Feature, ...]
    curves: tuple[FloatArray, ...]
    base: float

    def points(self, columns: Columns) -> FloatArray:
        each = [
            curve[feature.codes(columns[feature.name])]
            for feature, curve in zip(self.features, self.curves, strict=True)
        ]
        return np.stack(each, axis=1)

    def log_odds(self, prepared: Prepared, rows: IntArray) -> FloatArray:
        codes = prepared.codes[rows]
        return np.asarray(self.base + sum(curve[codes[:, j]] for j, curve in enumerate(self.curves)))


def logistic(prepared: Prepared, rows: IntArray, lost: BoolArray) -> Linear:
    """Ridge-penalised logistic regression (C = 1)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=2000).fit(prepared.design[rows], lost[rows])
    weights = np.asarray(model.coef_[0], dtype=np.float64)
    # One-hot columns are centred for all customers; a fold's own average differs, and that goes to the base.
    return Linear(prepared.features, prepared.parts, weights, float(model.intercept_[0]))


def boosted(prepared: Prepared, rows: IntArray, lost: BoolArray) -> Curves:
    """Gradient boosting without interactions, read back as one curve per column."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    codes = prepared.codes[rows]
    model = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=150,
        max_leaf_nodes=6,
        min_samples_leaf=20,
        l2_regularization=5.0,
        interaction_cst="no_interactions",
        categorical_features=[isinstance(feature, Category) for feature in prepared.features],
        early_stopping=False,
        random_state=0,
    ).fit(codes, lost[rows])
    sizes = [feature.n_codes for feature in prepared.features]
    probe = np.zeros((1 + sum(sizes), len(sizes)), dtype=codes.dtype)
    ends = np.cumsum(sizes)
    for j, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        probe[1 + end - size : 1 + end, j] = np.arange(size)
    answers = np.asarray(model.decision_function(probe), dtype=np.float64)
    curves = [answers[1 + end - size : 1 + end] - answers[0] for end, size in zip(ends, sizes, strict=True)]
    return _centred(prepared.features, curves, codes, float(answers[0]))


def rule(prepared: Prepared, rows: IntArray, lost: BoolArray) -> Curves:
    """Rates of loss by the one column that separates best, in at most four bands of a number."""
    codes, gone = prepared.codes[rows], lost[rows]
    banded = [bands(feature)[codes[:, j]] for j, feature in enumerate(prepared.features)]
    best = int(np.argmax([separation(column, gone) for column in banded]))
    curves = [np.zeros(feature.n_codes) for feature in prepared.features]
    band_of_code = bands(prepared.features[best])
    rate = encoding.rates(banded[best], gone, int(band_of_code.max()) + 1, strength=RULE_STRENGTH)
    base = float(logit(gone.mean()))
    curves[best] = logit(rate)[band_of_code] - base
    return Curves(prepared.features, tuple(curves), base)


def rule_column(score: Curves) -> str:
    """The column a rule rests on."""
    spans = [float(np.ptp(curve)) for curve in score.curves]
    return score.features[int(np.argmax(spans))].name


def bands(feature: Feature) -> IntArray:
    """Per code its band: categories as they are, bins of numbers joined to four, missing apart."""
    if isinstance(feature, Category):
        return np.arange(feature.n_codes)
    bins = feature.n_codes - 1
    joined = 1 + np.arange(bins) * min(RULE_BANDS, bins) // bins
    return np.concatenate([[0], joined])


def separation(codes: IntArray, lost: BoolArray) -> float:
    """AUC of one column's rates of loss, each half of the customers judged by the other half's rates.

    0.5 where nothing can be said. Halves alternate within each class, so that both hold some of it.
    """
    if lost.sum() < 2 or (~lost).sum() < 2:
        return 0.5
    half = np.empty(len(lost), dtype=bool)
    for wanted in (True, False):
        half[lost == wanted] = np.arange(int((lost == wanted).sum())) % 2 == 0
    size = int(codes.max()) + 1
    guess = np.empty(len(lost))
    for part in (half, ~half):
        guess[part] = encoding.rates(codes[~part], lost[~part], size, strength=2.0)[codes[part]]
    parts = [ranking.auc(score=guess[part], positive=lost[part]) for part in (half, ~half)]
    return float(np.mean(parts))


def _centred(features: tuple[Feature, ...], curves: list[FloatArray], codes: IntArray, base: float) -> Curves:
    means = [float(curve[codes[:, j]].mean()) for j, curve in enumerate(curves)]
    centred = tuple(curve - mean for curve, mean in zip(curves, means, strict=True))
    return Curves(features, centred, base + math.fsum(means))
