"""Who will leave: a model trained, checked, calibrated and explained, or a plain rule where data are few.

Families compared (see ``families``): ``logistic``, ``boosted`` (gradient boosting in which no tree may mix
columns, so that the score is a sum of one curve per column and explains itself exactly) and, where too
few left or stayed, ``rule`` (rates of loss by the one column that separates best).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from scipy.special import expit

from zhike.analytics import encoding, families, ranking, tables
from zhike.analytics.arrays import BoolArray, Column, FloatArray, IntArray
from zhike.analytics.cautions import Caution, as_plain
from zhike.analytics.encoding import Dropped, Feature
from zhike.analytics.errors import CannotFit
from zhike.analytics.families import Prepared, Score
from zhike.analytics.tables import Columns, Table

FEWEST_EACH = 50
FEWEST_ROWS = 300
MOST_ROWS = 50_000
FOLDS = 5
LEAK_AUC = 0.98
LITTLE_SKILL = 0.6
# Nobody foresees churn this well: columns filled in afterwards do, even where none gives it away alone.
TOO_GOOD = 0.95
# The simpler family stays unless the other is better by more than folds usually differ by luck.
CLEARLY_BETTER = 0.002
MAKERS: dict[str, Callable[[Prepared, IntArray, BoolArray], Score]] = {
    "logistic": families.logistic,
    "boosted": families.boosted,
    "rule": families.rule,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What outcome and rows are called in messages and cautions."""

    outcome: str = "churned"
    rows: str = "customers"


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Customers by predicted chance, tenth by tenth: what was said and what happened."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Report:
    """How good the model is, every figure on customers the model had not seen (out of fold).

    ``auc`` mean and ``auc_sd`` standard deviation over folds; ``average_precision``, ``brier`` and the calibration
    table on the pooled predictions. ``family_auc``: what each family compared reached. ``rule_auc``: what
    the best single column reaches, chosen anew in each fold. NaN where no fold was possible. ``warnings``:
    ``few_churned``, ``leak_suspected``, ``little_skill``, ``rows_sampled``, ``too_good``, ``unknown_outcome``.
    """

    family: str
    n: int
    positives: int
    base_rate: float
    folds: int
    auc: float
    auc_sd: float
    average_precision: float
    brier: float
    calibration: tuple[CalibrationRow, ...]
    family_auc: dict[str, float]
    rule_auc: float
    rule_column: str
    columns_used: tuple[str, ...]
    columns_dropped: tuple[Dropped, ...]
    warnings: tuple[Caution, ...]
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, NaN as None, for JSON."""
        return as_plain(self)


@dataclass(frozen=True, slots=True)
class Cause:
    """A column that raises one customer's risk.

    ``value``: what the customer has there. ``points``: log-odds above the average customer. ``share``: of all
    points that raise the risk.
    """

    column: str
    value: float | str | None
    points: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """``points`` (n, k): log-odds each of ``columns`` adds against the average customer; their sum is the
    whole difference to the average log-odds ``base``."""

    columns: tuple[str, ...]
    points: FloatArray
    base: float
    values: Columns

    def causes(self, row: int, *, top: int = 3) -> list[Cause]:
        """What raises one customer's risk most, strongest first; empty when nothing does."""
        points = self.points[row]
        raising = float(np.maximum(points, 0.0).sum())
        return [
            Cause(
                column=self.columns[i],
                value=plain_value(self.values[self.columns[i]][row]),
                points=float(points[i]),
                share=float(points[i]) / raising,
            )
            for i in np.argsort(-points, kind="stable")[:top].tolist()
            if points[i] > 1e-9
        ]

    def main(self) -> tuple[IntArray, FloatArray]:
        """Per customer (n,) the strongest cause's position in ``columns`` and its share; -1 and 0 without."""
        raising = np.maximum(self.points, 0.0)
        total = raising.sum(axis=1)
        best = np.argmax(raising, axis=1)
        some = total > 1e-9
        share = raising[np.arange(len(best)), best] / np.where(some, total, 1.0)
        return np.where(some, best, -1), np.where(some, share, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model; ``report`` says how good it is."""

    report: Report
    score: Score
    features: tuple[Feature, ...]
    slope: float
    shift: float

    def predict(self, *, features: Table) -> FloatArray:
        """Chance (n,) of leaving, calibrated.

        Columns as in training, in any order; further ones are ignored, values never seen count as "other".
        Raises ValueError naming columns that are absent.
        """
        points = self.score.points(self._read(features))
        return np.asarray(expit(self.shift + self.slope * (self.score.base + points.sum(axis=1))))

    def explain(self, *, features: Table) -> Explanation:
        """What each original column adds to each customer's risk. Columns and errors as for ``predict``."""
        columns = self._read(features)
        return Explanation(
            columns=tuple(feature.name for feature in self.features),
            points=self.slope * self.score.points(columns),
            base=self.shift + self.slope * self.score.base,
            values=columns,
        )

    def _read(self, features: Table) -> Columns:
        columns, _ = tables.read(features)
        absent = [feature.name for feature in self.features if feature.name not in columns]
        if absent:
            raise ValueError(f"columns the model was trained on are absent: {', '.join(absent)}")
        return {feature.name: columns[feature.name] for feature in self.features}


def fit(*, features: Table, churned: Column, seed: int = 0) -> Model:
    """Train on customers whose outcome is known.

    ``features``: pandas or Arrow table (or mapping of names to sequences), n rows, as known *before* the
    outcome; numbers, numbers written as text, texts, truth values, dates, all with gaps. ``churned`` (n,):
    1 left, 0 stayed, missing where unknown (those rows are left out and counted). Left out with a
    reason: identifiers, constants, columns hardly ever filled, texts that are all different, and
    columns that alone tell the outcome (AUC above 0.98), which know it from afterwards.

    Checked by stratified 5-fold cross-validation; the columns' reading (medians, common values) is
    learnt once from all customers without their outcome. Under 50 leavers or stayers, or 300 rows, the
    result is a ``rule`` and warns ``few_churned``. Above 50,000 rows a sample of that size is used.
    The same input and seed give the same model, on one thread.

    Raises CannotFit ``no_customers``, ``one_class_only``, ``no_usable_columns``.
    Checked against: the telco baseline, tests/test_churn.py.
    """
    return train(features=features, outcome=churned, words=Words(), seed=seed)


def train(*, features: Table, outcome: Column, words: Words, seed: int, left_out: Sequence[str] = ()) -> Model:
    """``fit`` for any outcome of yes and no, named by ``words``; columns of ``left_out`` are ``known_later``."""
    from threadpoolctl import threadpool_limits

    columns, lost, warnings = _training_rows(features, outcome, seed, words)
    later = [Dropped(name, "known_later", math.nan) for name in columns if name in set(left_out)]
    columns = {name: values for name, values in columns.items() if name not in set(left_out)}
    usable, dropped = encoding.learn(columns, len(lost))
    usable, leaks = _without_leaks(usable, columns, lost)
    dropped = [*later, *dropped, *leaks]
    warnings += [Caution("leak_suspected", {"column": leak.name, "auc": leak.detail}) for leak in leaks]
    if not usable:
        raise CannotFit("no_usable_columns", {"columns": len(columns)})
    prepared = families.prepare(usable, columns)
    with threadpool_limits(limits=1):
        return _train(prepared, lost, seed, tuple(dropped), warnings, words)


def _train(
    prepared: Prepared,
    lost: BoolArray,
    seed: int,
    dropped: tuple[Dropped, ...],
    warnings: list[Caution],
    words: Words,
) -> Model:
    positives, n = int(lost.sum()), len(lost)
    few = min(positives, n - positives) < FEWEST_EACH or n < FEWEST_ROWS
    if few:
        warnings = [*warnings, Caution(f"few_{words.outcome}", {words.outcome: positives, words.rows: n})]
    folds = _folds(lost, seed)
    tried = ["rule"] if few else ["logistic", "boosted", "rule"]
    checked = {name: _out_of_fold(name, prepared, lost, folds) for name in tried}
    auc = {name: float(np.mean(by_fold)) if by_fold else math.nan for name, (_, by_fold) in checked.items()}
    family = "rule" if few else _choose(auc)
    unseen, by_fold = checked[family]
    shift, slope = (0.0, 1.0) if few else _calibrate(unseen, lost)
    chance = expit(shift + slope * unseen)
    everyone = np.arange(n)
    score = MAKERS[family](prepared, everyone, lost)
    report = Report(
        family=family,
        n=n,
        positives=positives,
        base_rate=positives / n,
        auc=auc[family],
        family_auc=auc,
        rule_auc=auc["rule"],
        rule_column=families.rule_column(families.rule(prepared, everyone, lost)),
        columns_used=tuple(feature.name for feature in prepared.features),
        columns_dropped=dropped,
        warnings=(*warnings, *_doubts(auc[family])),
        seed=seed,
        folds=len(folds),
        **(_figures(chance, lost, by_fold) if folds else UNKNOWN),
    )
    return Model(report=report, score=score, features=prepared.features, slope=slope, shift=shift)


class _Figures(TypedDict):
    auc_sd: float
    average_precision: float
    brier: float
    calibration: tuple[CalibrationRow, ...]


UNKNOWN = _Figures(auc_sd=math.nan, average_precision=math.nan, brier=math.nan, calibration=())


def _figures(chance: FloatArray, lost: BoolArray, by_fold: list[float]) -> _Figures:
    return _Figures(
        auc_sd=float(np.std(by_fold, ddof=1)),
        average_precision=ranking.average_precision(score=chance, positive=lost),
        brier=float(np.mean((chance - lost) ** 2)),
        calibration=_calibration(chance, lost),
    )


def _doubts(auc: float) -> list[Caution]:
    if auc < LITTLE_SKILL:
        return [Caution("little_skill", {"auc": auc})]
    return [Caution("too_good", {"auc": auc})] if auc > TOO_GOOD else []


def known_rows(features: Table, outcome: Column, words: Words) -> tuple[Columns, BoolArray]:
    """The rows whose outcome is known, at most as many as training uses."""
    columns, told, _ = _training_rows(features, outcome, 0, words)
    return columns, told


def _training_rows(features: Table, told: Column, seed: int, words: Words) -> tuple[Columns, BoolArray, list[Caution]]:
    columns, n = tables.read(features)
    outcome = tables.column(told)
    if outcome.dtype.kind != "f" or not np.isin(outcome[~np.isnan(outcome)], (0.0, 1.0)).all():
        raise ValueError(f"{words.outcome} must hold only yes and no (1 and 0) or nothing")
    if len(outcome) != n:
        raise ValueError(f"columns differ in length: features {n}, {words.outcome} {len(outcome)}")
    warnings = []
    rows = np.flatnonzero(~np.isnan(outcome))
    if len(rows) < n:
        warnings.append(Caution("unknown_outcome", {words.rows: n - len(rows)}))
    if len(rows) > MOST_ROWS:
        warnings.append(Caution("rows_sampled", {words.rows: len(rows), "used": MOST_ROWS}))
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    if not len(rows):
        raise CannotFit("no_customers")
    lost = outcome[rows].astype(bool)
    if lost.all() or not lost.any():
        raise CannotFit("one_class_only", {words.rows: len(rows), words.outcome: int(lost.sum())})
    return {name: values[rows] for name, values in columns.items()}, lost, warnings


def _without_leaks(usable: list[Feature], columns: Columns, lost: BoolArray) -> tuple[list[Feature], list[Dropped]]:
    kept, leaks = [], []
    for feature in usable:
        alone = families.separation(feature.codes(columns[feature.name]), lost)
        if alone > LEAK_AUC:
            leaks.append(Dropped(feature.name, "leak_suspected", alone))
        else:
            kept.append(feature)
    return kept, leaks


def _folds(lost: BoolArray, seed: int) -> list[tuple[IntArray, IntArray]]:
    from sklearn.model_selection import StratifiedKFold

    k = min(FOLDS, int(lost.sum()), int((~lost).sum()))
    if k < 2:
        return []
    split = StratifiedKFold(k, shuffle=True, random_state=seed).split(np.zeros(len(lost)), lost)
    return [(train.astype(np.int64), test.astype(np.int64)) for train, test in split]


def _out_of_fold(
    name: str, prepared: Prepared, lost: BoolArray, folds: list[tuple[IntArray, IntArray]]
) -> tuple[FloatArray, list[float]]:
    """Log-odds (n,) of every customer from the fold that did not see them, and the AUC of each fold."""
    unseen = np.zeros(len(lost))
    aucs = []
    for train, test in folds:
        unseen[test] = MAKERS[name](prepared, train, lost).log_odds(prepared, test)
        aucs.append(ranking.auc(score=unseen[test], positive=lost[test]))
    return unseen, aucs


def _choose(auc: dict[str, float]) -> str:
    return "boosted" if auc["boosted"] > auc["logistic"] + CLEARLY_BETTER else "logistic"


def _calibrate(log_odds: FloatArray, lost: BoolArray) -> tuple[float, float]:
    """Platt's shift and slope on out-of-fold scores, drawn towards (0, 1) by one imagined customer."""
    where = np.array([0.0, 1.0])
    design = np.stack([np.ones(len(log_odds)), log_odds], axis=1)
    for _ in range(50):
        chance = expit(design @ where)
        slope = design.T @ (lost - chance) - (where - [0.0, 1.0])
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.eye(2)
        step = np.linalg.solve(bend, slope)
        where = where + step
        if np.abs(step).max() < 1e-10:
            break
    return float(where[0]), max(float(where[1]), 0.0)


def _calibration(chance: FloatArray, lost: BoolArray) -> tuple[CalibrationRow, ...]:
    """Ten groups of like size by chance; equal chances stay together."""
    place = np.ceil(ranking.ranks(chance) / len(chance) * 10 - 1e-9).astype(int)
    rows = [place == tenth for tenth in range(1, 11)]
    return tuple(
        CalibrationRow(
            low=float(chance[row].min()),
            high=float(chance[row].max()),
            n=int(row.sum()),
            predicted=float(chance[row].mean()),
            observed=float(lost[row].mean()),
        )
        for row in rows
        if row.any()
    )


def plain_value(value: Any) -> float | str | None:
    """A value of a column as Python's own; None for missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value) if isinstance(value, str) else float(value)
