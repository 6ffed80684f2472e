"""Which leads will become customers: a chance, a grade and reasons for each lead.

The model is that of ``churn`` (families, checks, calibration, exact explanation) with another outcome. What
leads have of their own: columns filled in while the lead is worked, which must be kept out by name; reasons for
and against; grades for the weekly list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from zhike.analytics import churn, encoding, families, tables
from zhike.analytics.arrays import Column, FloatArray
from zhike.analytics.churn import Explanation, Report, Words
from zhike.analytics.tables import Table

GRADE_A = 0.2
GRADE_B = 0.5
WORDS = Words(outcome="converted", rows="leads")


@dataclass(frozen=True, slots=True)
class Reason:
    """A column that speaks ``for`` or ``against`` one lead.

    ``value``: what the lead has there, None where unknown. ``points``: log-odds above (for) or below (against) the
    average lead. ``share``: of all points in that direction.
    """

    column: str
    value: float | str | None
    direction: Literal["for", "against"]
    points: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model. ``limits``: chances from which a lead is graded A and B."""

    core: churn.Model
    limits: tuple[float, float]

    @property
    def report(self) -> Report:
        """How good the model is on leads it had not seen; see ``churn.Report``."""
        return self.core.report

    def predict(self, *, features: Table) -> FloatArray:
        """Chance (n,) of becoming a customer, calibrated. Columns and errors as for ``churn.Model.predict``."""
        return self.core.predict(features=features)

    def grade(self, *, features: Table) -> npt.NDArray[np.str_]:
        """``A``, ``B`` or ``C`` (n,): where the chance stands among the leads the model learnt from."""
        chance = self.predict(features=features)
        return np.where(chance >= self.limits[0], "A", np.where(chance >= self.limits[1], "B", "C"))

    def explain(self, *, features: Table) -> Explanation:
        """Log-odds each original column adds, against the average lead; they sum to the whole difference."""
        return self.core.explain(features=features)


def fit(
    *,
    features: Table,
    converted: Column,
    known_later: Sequence[str] = (),
    grades: tuple[float, float] = (GRADE_A, GRADE_B),
    seed: int = 0,
) -> Model:
    """Train on leads whose outcome is known.

    ``features``: table of n rows as for ``churn.fit``, as known when the lead *came in*. ``converted`` (n,): 1 became a
    customer, 0 did not, missing where still open (left out and counted). ``known_later``: columns that staff
    fill in while working a lead; they are left out with that reason. A column that alone tells the outcome is
    left out without being named; several that do so together raise ``too_good``, and ``suspects`` then says
    which to look at. ``grades``: shares of leads graded A, and A or B.

    Cautions: ``few_converted`` (under 50 of either outcome or 300 leads: a ``rule``), ``leak_suspected``,
    ``little_skill``, ``rows_sampled``, ``too_good``, ``unknown_outcome``.
    Raises CannotFit ``no_customers``, ``one_class_only``, ``no_usable_columns``; ValueError for names in
    ``known_later`` that are no columns, or shares that do not rise from 0 to 1.
    Checked against: the leads of an online school without its leaky columns, tests/test_leadscore.py.
    """
    if not 0 < grades[0] <= grades[1] < 1:
        raise ValueError(f"grades must be shares that rise between 0 and 1, not {grades}")
    columns, _ = tables.read(features)
    absent = [name for name in known_later if name not in columns]
    if absent:
        raise ValueError(f"known_later names columns that are absent: {', '.join(absent)}")
    core = churn.train(features=columns, outcome=converted, words=WORDS, seed=seed, left_out=known_later)
    chance = core.predict(features=columns)
    high, middle = np.quantile(chance, [1 - grades[0], 1 - grades[1]]).tolist()
    return Model(core=core, limits=(high, middle))


def reasons(*, explanation: Explanation, row: int, top: int = 3) -> list[Reason]:
    """What moves one lead most, strongest first, for and against together; empty for an average lead."""
    points = explanation.points[row]
    sums = {True: float(points[points > 0].sum()), False: float(points[points < 0].sum())}
    found = []
    for i in np.argsort(-np.abs(points), kind="stable")[:top].tolist():
        if abs(points[i]) < 1e-9:
            break
        value = explanation.values[explanation.columns[i]][row]
        found.append(
            Reason(
                column=explanation.columns[i],
                value=churn.plain_value(value),
                direction="for" if points[i] > 0 else "against",
                points=float(points[i]),
                share=float(points[i]) / sums[bool(points[i] > 0)],
            )
        )
    return found


def suspects(*, features: Table, converted: Column, above: float = 0.75) -> dict[str, float]:
    """Columns that tell the outcome suspiciously well alone: name to AUC, best first.

    Not proof of a leak; whoever knows when a column is filled in must say. Arguments and errors as for ``fit``.
    """
    columns, outcome = churn.known_rows(features, converted, WORDS)
    usable, _ = encoding.learn(columns, len(outcome))
    alone = {feature.name: families.separation(feature.codes(columns[feature.name]), outcome) for feature in usable}
    ranked = sorted(alone.items(), key=lambda item: (-item[1], item[0]))
    return {name: auc for name, auc in ranked if auc > above}
