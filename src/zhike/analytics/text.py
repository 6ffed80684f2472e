"""What customers write, in Chinese and English: judgement, topics, and the class of a ticket.

A model learns from the operator's own labelled texts (``fit``). Until there are some, ``sentiment`` and
``topics`` work from words written for the product (``wording``); how far those reach is stated in the README.
Chinese is read in single characters and pairs, which reaches what word segmentation does and needs no dictionary.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from zhike.analytics import wording
from zhike.analytics.arrays import BoolArray, FloatArray, IntArray
from zhike.analytics.cautions import Caution, as_plain
from zhike.analytics.errors import CannotFit

FEWEST_EACH = 10
FOLDS = 5
STRENGTH = 10.0
# A text may have several topics; each above this chance counts, and the likeliest one always.
TOPIC_CHANCE = 0.3
POSITIVE, NEGATIVE, UNCLEAR = "positive", "negative", "unclear"

PIECE = re.compile(r"[a-z0-9][a-z0-9'’]*|[^\sa-z0-9]")
LATIN = re.compile(r"[a-z0-9]")


def grams(text: str) -> list[str]:
    """A text as its features: characters and pairs of Chinese; words, pairs and parts of words of English."""
    found: list[str] = []
    before = ""
    for piece in PIECE.findall(_normal(text)):
        found.append(piece)
        if before:
            found.append(f"{before} {piece}" if LATIN.match(piece) else before + piece)
        if LATIN.match(piece) and len(piece) > 2:
            padded = f"<{piece}>"
            found += [padded[i : i + k] for k in (3, 4, 5) for i in range(len(padded) - k + 1)]
        before = piece
    return found


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Report:
    """How good a text model is, on texts it had not seen (five folds).

    ``accuracy``: share of texts whose labels are exactly right. ``macro_f1``: F1 averaged over labels, ``micro_f1``
    over all decisions. ``majority``: accuracy of always giving the commonest answer. NaN where unchecked.
    """

    n: int
    counts: dict[str, int]
    folds: int
    accuracy: float
    macro_f1: float
    micro_f1: float
    majority: float
    warnings: tuple[Caution, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values only, NaN as None, for JSON."""
        return as_plain(self)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A text model. ``labels``: its k answers. ``several``: a text may have more than one."""

    labels: tuple[str, ...]
    several: bool
    report: Report
    core: "_Core"

    def chances(self, texts: Sequence[str]) -> FloatArray:
        """Chance (n, k) of each label; they sum to 1 per text unless there may be several."""
        return self.core.chances(texts, self.several)


@dataclass(frozen=True, slots=True, eq=False)
class _Core:
    vectoriser: Any
    weights: FloatArray  # (features, k), k = 1 for two labels of which one holds
    base: FloatArray

    def chances(self, texts: Sequence[str], several: bool) -> FloatArray:
        if not len(texts):
            return np.zeros((0, len(self.base) if several else max(2, len(self.base))))
        chance = np.asarray(expit(self.vectoriser.transform(texts) @ self.weights + self.base))
        if several:
            return chance
        if chance.shape[1] == 1:
            return np.concatenate([1 - chance, chance], axis=1)
        return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def fit(*, texts: Sequence[str], labels: Sequence[str | Collection[str]], check: bool = True, seed: int = 0) -> Model:
    """Learn from labelled texts.

    ``texts`` (n,), blank ones are left out. ``labels`` (n,): one text each, or a set each where a text may have several
    topics (sets may be empty). ``check`` runs five folds for the report; everything is learnt anew in each fold.

    Cautions: ``few_texts`` (a label on fewer than 10, named), ``no_skill`` (not better than the commonest answer).
    Raises CannotFit ``too_few_texts`` (under 20, or under two labels with two texts each), ValueError for lengths.
    Source: Fan et al. 2008 (liblinear), term weights as in Manning et al. 2008, ch. 6. Checked against: hotel and
    take-away reviews and car owners' remarks, tests/test_text.py.
    """
    if len(texts) != len(labels):
        raise ValueError(f"columns differ in length: texts {len(texts)}, labels {len(labels)}")
    several = any(not isinstance(label, str) for label in labels)
    rows = [i for i, text in enumerate(texts) if text.strip()]
    told = [_as_set(labels[i]) for i in rows]
    counts = Counter(label for one in told for label in one)
    names = tuple(sorted(label for label, times in counts.items() if times >= 2))
    if len(rows) < 20 or len(names) < (1 if several else 2):
        raise CannotFit("too_few_texts", {"texts": len(rows), "labels": len(names)})
    kept = [i for i, one in enumerate(told) if several or one & set(names)]
    said = [texts[rows[i]] for i in kept]
    truth = np.array([[name in told[i] for name in names] for i in kept])
    warnings = [Caution("few_texts", {"label": name, "texts": n}) for name, n in counts.items() if n < FEWEST_EACH]
    report = _report(said, truth, names, several, warnings, seed if check else None)
    return Model(labels=names, several=several, report=report, core=_learn(said, truth, several))


def _as_set(label: str | Collection[str]) -> set[str]:
    return {label} if isinstance(label, str) else set(label)


def _learn(texts: Sequence[str], truth: BoolArray, several: bool) -> _Core:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectoriser = TfidfVectorizer(analyzer=grams, min_df=2, sublinear_tf=True)
    design = vectoriser.fit_transform(texts)
    wanted = truth if several or truth.shape[1] > 2 else truth[:, 1:]
    weights, base = [], []
    for column in wanted.T:
        if column.all() or not column.any():
            weights.append(np.zeros(design.shape[1]))
            base.append(20.0 if column.all() else -20.0)
            continue
        one = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0).fit(design, column)
        weights.append(one.coef_[0])
        base.append(float(one.intercept_[0]))
    return _Core(vectoriser, np.stack(weights, axis=1), np.array(base))


def _report(
    texts: list[str],
    truth: BoolArray,
    names: tuple[str, ...],
    several: bool,
    warnings: list[Caution],
    seed: int | None,
) -> Report:
    kinds = Counter(map(bytes, truth))
    majority = kinds.most_common(1)[0][1] / len(texts)
    counts = {name: int(n) for name, n in zip(names, truth.sum(axis=0), strict=True)}
    if seed is None:
        return Report(len(texts), counts, 0, math.nan, math.nan, math.nan, majority, tuple(warnings))
    guess = np.zeros(truth.shape, dtype=bool)
    for test in _folds(truth, seed):
        train = np.setdiff1d(np.arange(len(texts)), test)
        core = _learn([texts[i] for i in train], truth[train], several)
        guess[test] = decide(core.chances([texts[i] for i in test], several), several)
    accuracy = float((guess == truth).all(axis=1).mean())
    if accuracy <= majority:
        warnings = [*warnings, Caution("no_skill", {"accuracy": accuracy, "majority": majority})]
    macro, micro = f1(guess, truth)
    return Report(len(texts), counts, FOLDS, accuracy, macro, micro, majority, tuple(warnings))


def _folds(truth: BoolArray, seed: int) -> list[IntArray]:
    """Five parts in which equal answers are spread evenly."""
    shuffled = np.random.default_rng(seed).permutation(len(truth))
    order = shuffled[np.lexsort(truth[shuffled].T)]
    return [np.sort(order[part::FOLDS]) for part in range(FOLDS)]


def decide(chances: FloatArray, several: bool) -> BoolArray:
    """Which labels (n, k) hold: the likeliest, and where there may be several all above 0.3."""
    best = np.zeros(chances.shape, dtype=bool)
    best[np.arange(len(chances)), np.argmax(chances, axis=1)] = True
    return best | (chances > TOPIC_CHANCE) if several else best


def f1(guess: BoolArray, truth: BoolArray) -> tuple[float, float]:
    """Macro and micro F1 of decisions (n, k)."""
    hit, off = (guess & truth).sum(axis=0), (guess ^ truth).sum(axis=0)
    each = 2 * hit / np.maximum(2 * hit + off, 1)
    return float(each.mean()), float(2 * hit.sum() / max(2 * hit.sum() + off.sum(), 1))


@dataclass(frozen=True, slots=True)
class Label:
    """An answer and its chance."""

    name: str
    chance: float


def classify(*, texts: Sequence[str], model: Model, top: int = 3) -> list[tuple[Label, ...]]:
    """Per text the ``top`` likeliest labels, best first; none for a blank text."""
    chances = model.chances(texts)
    order = np.argsort(-chances, axis=1, kind="stable")[:, :top]
    return [
        tuple(Label(model.labels[j], float(chances[i, j])) for j in order[i].tolist()) if text.strip() else ()
        for i, text in enumerate(texts)
    ]


def topics(*, texts: Sequence[str], model: Model | None = None) -> list[tuple[str, ...]]:
    """Per text its topics, likeliest first.

    With a ``model`` of several labels: every topic above a chance of 0.3, at least the likeliest. Without one: the
    topics of ``wording.TOPICS`` whose words occur, most words first; none when nothing is found.
    """
    if model is not None:
        chances = model.chances(texts)
        holds = decide(chances, model.several)
        order = np.argsort(-chances, axis=1, kind="stable")
        return [
            tuple(model.labels[j] for j in order[i].tolist() if holds[i, j]) if text.strip() else ()
            for i, text in enumerate(texts)
        ]
    return [_topics(_normal(text)) for text in texts]


def _topics(text: str) -> tuple[str, ...]:
    found = {name: len(pattern.findall(text)) for name, pattern in _TOPICS.items()}
    return tuple(name for name, times in sorted(found.items(), key=lambda item: -item[1]) if times)


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: -len(word))
    return re.compile("|".join(rf"\b{word}" if word.isascii() else word for word in longest_first), re.ASCII)


_TOPICS = {name: _any_of(words) for name, words in wording.TOPICS.items()}


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A judgement: ``label`` ``positive``, ``negative`` or ``unclear``, ``score`` -1 to 1, its ``words``."""

    label: str
    score: float
    words: tuple[str, ...]


def sentiment(*, texts: Sequence[str], model: Model | None = None) -> list[Sentiment]:
    """Per text whether the writer is content.

    With a ``model`` fitted on the labels ``positive`` and ``negative``: its chance, from -1 to 1. Without one: the
    words of ``wording.JUDGEMENTS``, turned round where a negation stands before; ``unclear`` when they balance.
    Raises ValueError for a model of other labels.
    """
    read = [_judge(_normal(text)) for text in texts]
    if model is None:
        return read
    if model.several or model.labels != (NEGATIVE, POSITIVE):
        raise ValueError(f"a model of sentiment knows negative and positive, not {', '.join(model.labels)}")
    scores = (2 * model.chances(texts)[:, 1] - 1).tolist()
    return [
        Sentiment(_label(score), score, words.words) if text.strip() else Sentiment(UNCLEAR, 0.0, ())
        for text, score, words in zip(texts, scores, read, strict=True)
    ]


def _label(score: float) -> str:
    return POSITIVE if score > 0 else NEGATIVE if score < 0 else UNCLEAR


_CHINESE = re.compile("|".join(sorted((w for w in wording.JUDGEMENTS if not w.isascii()), key=lambda w: -len(w))))
_DEGREE = re.compile("[很太是那么这的]+$")
_ENGLISH = tuple(word for word in wording.JUDGEMENTS if word.isascii())


def _judge(text: str) -> Sentiment:
    found = [*_chinese(text), *_english(text)]
    total = sum(weight for _, weight in found)
    size = sum(abs(weight) for _, weight in found)
    return Sentiment(_label(total), total / (size + 1.0), tuple(word for word, weight in found if weight))


def _chinese(text: str) -> list[tuple[str, float]]:
    found = []
    for match in _CHINESE.finditer(text):
        weight = wording.JUDGEMENTS[match.group()]
        before = _DEGREE.sub("", text[max(0, match.start() - 4) : match.start()])
        negated = before.endswith(wording.NEGATIONS_ZH)
        found.append((match.group(), -weight if negated else weight))
    return found


def _english(text: str) -> list[tuple[str, float]]:
    words = re.findall(r"[a-z][a-z']*", text)
    found = []
    for i, word in enumerate(words):
        stem = max((one for one in _ENGLISH if word.startswith(one)), key=len, default=None)
        if stem is None or word in NEVER_JUDGE:
            continue
        weight = wording.JUDGEMENTS[stem]
        negated = any(before in wording.NEGATIONS_EN for before in words[max(0, i - 3) : i])
        found.append((word, -weight if negated else weight))
    return found


# Negations that are also judgements would turn themselves round twice; the others only begin like one.
NEVER_JUDGE = wording.NEGATIONS_EN | {
    "please",
    "likely",
    "later",
    "latest",
    "lately",
    "goods",
    "badge",
    "mission",
    "clearance",
}
