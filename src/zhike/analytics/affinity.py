"""What goes with what: rules from baskets, and what to offer a customer next, with the reason.

A basket is what one customer has or bought at once. Rules have one item on the right; an item-to-item chance
covers pairs too rare for a rule, and what sells best fills the rest.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from zhike.analytics.errors import CannotFit

FEWEST_BASKETS = 20
# A pair seen seldom is drawn towards what everybody buys, as if by this many further customers.
STRENGTH = 20.0
MOST_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """Who has ``has`` also has ``item``: in ``n`` baskets.

    ``support``: their share of all baskets. ``confidence``: share of the baskets with ``has`` that hold ``item``.
    ``lift``: confidence over the item's share in all baskets.
    """

    has: tuple[str, ...]
    item: str
    n: int
    support: float
    confidence: float
    lift: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item to offer. ``chance``: that a customer with this holding has it, drawn towards all customers' where few
    do. ``kind`` and ``because``: ``rule`` or ``pair`` with the items that speak for it, or ``popular`` with none.
    ``lift``: chance over the item's share among all."""

    item: str
    chance: float
    lift: float
    kind: Literal["rule", "pair", "popular"]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What was learnt from ``n`` baskets: how many hold each item and each pair, and the rules."""

    n: int
    items: dict[str, int]
    pairs: dict[tuple[str, str], int]
    rules: tuple[Rule, ...]
    rules_for: dict[str, tuple[Rule, ...]]

    def share(self, item: str) -> float:
        """Share of all baskets that hold ``item``."""
        return self.items[item] / self.n


def fit(
    *,
    baskets: Iterable[Collection[str]],
    support: float = 0.001,
    confidence: float = 0.25,
    longest: int = 3,
) -> Model:
    """Learn rules and pairs.

    ``baskets``: items of each; an item counts once, empty baskets count as baskets. ``support`` and ``confidence``: a
    rule's least shares. ``longest``: items of a rule on both sides together, 2 to 10.
    Raises CannotFit ``too_few_baskets`` under 20, ValueError for shares outside 0 to 1.
    Source: Agrawal & Srikant 1994 (rules), Zaki 2000 (search by intersecting lists of baskets); pairs as in Linden,
    Smith & York 2003, as chances instead of cosines. Checked against: a month of a shop, tests/test_affinity.py.
    """
    if not (0 < support <= 1 and 0 <= confidence <= 1):
        raise ValueError(f"support and confidence must be shares, not {support} and {confidence}")
    if not 2 <= longest <= MOST_ITEMS:
        raise ValueError(f"longest is {longest}, but must be between 2 and {MOST_ITEMS}")
    held = [frozenset(basket) for basket in baskets]
    if len(held) < FEWEST_BASKETS:
        raise CannotFit("too_few_baskets", {"baskets": len(held)})
    where: dict[str, int] = {}
    for place, basket in enumerate(held):
        for item in basket:
            where[item] = where.get(item, 0) | 1 << place
    items = {item: places.bit_count() for item, places in sorted(where.items())}
    pairs: Counter[tuple[str, str]] = Counter()
    for basket in held:
        ordered = sorted(basket)
        pairs.update((a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :])
    # A hair below, so that a share of 10 in 10,000 is not lost to rounding.
    frequent = _frequent(where, support * len(held) - 1e-9, longest)
    rules = _rules(frequent, len(held), confidence)
    rules_for: dict[str, list[Rule]] = {}
    for rule in rules:
        rules_for.setdefault(rule.item, []).append(rule)
    by_item = {item: tuple(told) for item, told in rules_for.items()}
    return Model(n=len(held), items=items, pairs=dict(pairs), rules=rules, rules_for=by_item)


def _frequent(where: dict[str, int], least: float, longest: int) -> dict[tuple[str, ...], int]:
    """Sets of items (sorted) and how many baskets hold them."""
    found: dict[tuple[str, ...], int] = {}

    def grow(chosen: tuple[str, ...], rest: list[tuple[str, int]]) -> None:
        for i, (item, places) in enumerate(rest):
            together = (*chosen, item)
            found[together] = places.bit_count()
            if len(together) == longest:
                continue
            further = [(other, places & others) for other, others in rest[i + 1 :]]
            grow(together, [one for one in further if one[1].bit_count() >= least])

    grow((), [(item, places) for item, places in sorted(where.items()) if places.bit_count() >= least])
    return found


def _rules(frequent: dict[tuple[str, ...], int], n: int, confidence: float) -> tuple[Rule, ...]:
    rules = []
    for together, times in frequent.items():
        if len(together) < 2:
            continue
        for i, item in enumerate(together):
            has = together[:i] + together[i + 1 :]
            sure = times / frequent[has]
            if sure >= confidence - 1e-12:
                rules.append(Rule(has, item, times, times / n, sure, sure * n / frequent[(item,)]))
    return tuple(sorted(rules, key=lambda rule: (-rule.lift, rule.has, rule.item)))


def recommend(
    *,
    model: Model,
    has: Collection[str],
    may_be_offered: Collection[str] | None = None,
    declined: Collection[str] = (),
    top: int = 3,
) -> list[Recommendation]:
    """What to offer a customer, likeliest first.

    ``has``: items they have; these and the ``declined`` are never offered. ``may_be_offered``: the only items allowed,
    all known ones unless given; an item never seen has no chance and is not offered. Items nobody asked for
    follow only where nothing speaks for others. Returns fewer than ``top`` when no more are allowed.
    """
    owned = frozenset(has)
    allowed = set(model.items if may_be_offered is None else may_be_offered) & set(model.items)
    allowed -= owned | set(declined)
    found = [_best(model, owned, item) for item in allowed]
    found.sort(key=lambda one: (one.kind == "popular", -one.chance, one.item))
    return found[:top]


def _best(model: Model, owned: frozenset[str], item: str) -> Recommendation:
    share = model.share(item)
    best = Recommendation(item, share, 1.0, "popular", ())
    for one in owned & model.items.keys():
        both = model.pairs.get((one, item) if one < item else (item, one), 0)
        chance = (both + STRENGTH * share) / (model.items[one] + STRENGTH)
        if chance > best.chance:
            best = Recommendation(item, chance, chance / share, "pair", (one,))
    for rule in model.rules_for.get(item, ()):
        if not owned.issuperset(rule.has):
            continue
        chance = (rule.n + STRENGTH * share) / (rule.n / rule.confidence + STRENGTH)
        if chance >= best.chance and chance > share:
            best = Recommendation(item, chance, chance / share, "rule", rule.has)
    return best
