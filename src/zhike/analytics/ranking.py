"""How well a score puts those it should find at the top; no scikit-learn needed."""

import numpy as np

from zhike.analytics.arrays import BoolArray, Column, FloatArray, floats, same_length


def labels(name: str, values: Column) -> BoolArray:
    """A yes/no column (n,) as booleans; anything but 0 and 1 is refused."""
    array = floats(name, values)
    if not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(f"{name} must hold only yes and no (1 and 0)")
    return array.astype(bool)


def ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, inverse, how_many = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(how_many)
    middle = last - (how_many - 1) / 2
    return np.asarray(middle[inverse.reshape(values.shape)], dtype=np.float64)


def auc(*, score: Column, positive: Column) -> float:
    """Chance that a positive has the higher score than a negative, ties counting half; NaN with one class."""
    values, yes = floats("score", score), labels("positive", positive)
    same_length(score=values, positive=yes)
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    if not n_yes or not n_no:
        return float("nan")
    above = ranks(values)[yes].sum() - n_yes * (n_yes + 1) / 2
    return float(above / (n_yes * n_no))


def average_precision(*, score: Column, positive: Column) -> float:
    """Precision averaged over the positives from the top down; NaN without a positive."""
    values, yes = floats("score", score), labels("positive", positive)
    same_length(score=values, positive=yes)
    if not yes.any():
        return float("nan")
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(yes[order])
    # Equal scores cannot be told apart, so precision is read only where a run of them ends.
    ends = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    precision = hits[ends] / (ends + 1)
    gained = np.diff(hits[ends], prepend=0)
    return float((precision * gained).sum() / hits[-1])
