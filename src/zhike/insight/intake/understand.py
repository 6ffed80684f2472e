"""Which column means what, and so what a table holds: by names first, by values where names do not help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhike.foundation.tables.numerals import CURRENCIES
from zhike.insight.intake.mapping import FileMap
from zhike.insight.intake.meanings import IGNORE, Kind, Meaning, kinds, meanings, name_score, plain, values
from zhike.insight.intake.profile import Profile

BY_NAME, BY_PART, BY_VALUES, BY_MAP = "by_name", "by_part_of_name", "by_values", "by_map"
_LEAST = 0.45  # below this a name says nothing
_MARK = 0.6
_MOSTLY = 0.6
_FACTS = ("customer_id", "ordered_on", "amount")


@dataclass(frozen=True)
class Match:
    """A column's meaning, how sure (0 to 1), and by what evidence."""

    meaning: str
    score: float
    evidence: str


@dataclass(frozen=True)
class Reading:
    """What a table holds. ``kind`` is None when it cannot be used; ``missing`` then names what it lacks."""

    kind: str | None
    matches: Mapping[int, Match]
    missing: tuple[tuple[str, ...], ...] = ()
    nearest: str | None = None
    rank: float = field(default=0.0, compare=False)


def read_table(names: Sequence[str], profiles: Sequence[Profile], *, has_header: bool, told: FileMap) -> Reading:
    """Judge a table by the names and profiles of its columns, after what a person told us about it."""
    forced = {i: told.columns[name] for i, name in enumerate(names) if name in told.columns}
    readings = [
        _as_kind(kind, names, profiles, forced, has_header=has_header, is_told=bool(told.kind))
        for kind in kinds().values()
        if told.kind in (None, kind.code)
    ]
    whole = [reading for reading in readings if reading.kind]
    if told.kind:
        return readings[0]
    if not whole:
        return max(readings, key=lambda reading: (_almost(reading), reading.rank))
    best = max(whole, key=lambda reading: _priority(reading))
    if best.kind == "customers":
        orders = next(reading for reading in readings if reading.nearest == "orders")
        if _is_orders_at_heart(orders):
            return orders
        key = next(
            (profiles[i] for i, m in best.matches.items() if m.meaning in ("customer_id", "customer_name")), None
        )
        if key is not None and key.unique < 0.5 and key.filled > 20:
            return replace(orders, kind=None)
    return best


def _almost(reading: Reading) -> float:
    """Groups of needs that are met, as a share: the kind that lacks least is the one to speak about."""
    if reading.nearest == "customers":
        return 0.0  # almost nothing makes a list of customers, so that is no help to anybody
    needs = len(kinds()[reading.nearest or "orders"].needs)
    particular = reading.nearest not in ("orders", "customers")
    marks = sum(1 for m in reading.matches.values() if m.meaning in kinds()[reading.nearest or "orders"].marks)
    return (needs - len(reading.missing)) / needs - (0.5 if particular and not marks else 0)


def _priority(reading: Reading) -> float:
    """A particular kind beats orders, and orders beat customers, when all their needs are met."""
    general = {"customers": 0, "orders": 10}.get(reading.kind or "", 20)
    return general + reading.rank / 100


def _is_orders_at_heart(orders: Reading) -> bool:
    sure = {m.meaning for m in orders.matches.values() if m.score >= 0.9}
    return bool(sure & {"ordered_on", "order_id"}) and orders.kind is None


def _as_kind(
    kind: Kind,
    names: Sequence[str],
    profiles: Sequence[Profile],
    forced: Mapping[int, str],
    *,
    has_header: bool,
    is_told: bool,
) -> Reading:
    matches = {i: Match(code, 1.0, BY_MAP) for i, code in forced.items() if code in kind.takes or code == IGNORE}
    taken = {match.meaning for match in matches.values()}
    for score, i, code in _candidates(kind, names, profiles):
        if i not in matches and i not in forced and code not in taken:
            matches[i] = Match(code, score, BY_NAME if _is_name_of(names[i], code) else BY_PART)
            taken.add(code)
    _complete_by_bare_names(kind, matches, names, forced)
    if kind.code == "orders":
        _complete_by_values(matches, names, profiles, forced, has_header=has_header)
        _price_as_amount(matches)
    taken = {match.meaning for match in matches.values()}
    missing = tuple(group for group in kind.needs if not taken & set(group))
    marks = sum(1 for m in matches.values() if m.meaning in kind.marks and m.score >= _MARK)
    marked = marks >= kind.marks_needed or any(
        m.evidence == BY_MAP and m.meaning in kind.marks for m in matches.values()
    )
    if not marked and kind.marks_or_values:
        marked = any(m.meaning in ("stage", "outcome") and _says_won_or_lost(profiles[i]) for i, m in matches.items())
    if kind.code == "customers":
        # A number alone describes nobody.
        told = sum(1 for m in matches.values() if m.meaning != IGNORE)
        marked = has_header and told >= 2 and any(m.meaning in kind.marks for m in matches.values())
    # What a person said about the columns decides between kinds, too.
    strange = [code for code in forced.values() if code != IGNORE and code not in kind.takes]
    usable = not missing and (is_told or (marked and not strange))
    rank = sum(match.score for match in matches.values()) + 2 * marks
    return Reading(kind.code if usable else None, matches, missing, kind.code, rank)


def _candidates(kind: Kind, names: Sequence[str], profiles: Sequence[Profile]) -> list[tuple[float, int, str]]:
    """(score, column, meaning), the surest first; in a tie the earlier column and the needed meaning."""
    needed = {code for group in kind.needs for code in group}
    found = []
    for i, (name, profile) in enumerate(zip(names, profiles, strict=True)):
        best_elsewhere = max(name_score(name, meaning) * _fits(meaning, profile) for meaning in meanings().values())
        for code in kind.takes:
            meaning = meanings()[code]
            by_name = _name_score(name, meaning)
            if by_name < _LEAST:
                continue
            score = by_name * _fits(meaning, profile)
            if by_name < best_elsewhere:
                score *= by_name / best_elsewhere
            if score >= _LEAST:
                found.append((score, code in needed, -i, code))
    return [(score, -i, code) for score, _, i, code in sorted(found, reverse=True)]


def _is_name_of(name: str, code: str) -> bool:
    return plain(name) in meanings()[code].names | meanings()[code].weak


def _name_score(name: str, meaning: Meaning) -> float:
    score, text = name_score(name, meaning), plain(name)
    if score == 1.0:
        return score
    if meaning.kind_of_value == "day" and any(text.startswith(word) for word in values("summaries")):
        return 0.0
    if meaning.code in ("amount", "deal_value", "bill_amount") and any(word in text for word in values("not_amounts")):
        return 0.0
    return score


def _fits(meaning: Meaning, profile: Profile) -> float:
    """How well the values agree with a meaning: 1 yes, 0 no."""
    if profile.filled == 0:
        return 0.6
    return {
        "key": _fits_key,
        "id": _fits_key,
        "day": _fits_day,
        "later_day": _fits_day,
        "day_or_open": _fits_day,
        "money": _fits_number,
        "number": _fits_number,
        "flag": _fits_flag,
        "currency": _fits_currency,
    }.get(meaning.kind_of_value, _fits_anything)(profile)


def _fits_anything(profile: Profile) -> float:
    return 1.0


def _fits_key(profile: Profile) -> float:
    if profile.days > _MOSTLY and profile.whole < _MOSTLY:
        return 0.0
    return 0.2 if profile.decimals > 0.3 or (profile.flags > 0.9 and profile.rows > 20) else 1.0


def _fits_day(profile: Profile) -> float:
    return 1.0 if profile.days >= _MOSTLY or profile.serials >= _MOSTLY else 0.0


def _fits_number(profile: Profile) -> float:
    if profile.days > 0.9 and profile.decimals == 0 and profile.rows > 20 and profile.numbers < 1:
        return 0.0
    return 1.0 if profile.numbers >= _MOSTLY else 0.0


def _fits_flag(profile: Profile) -> float:
    return 1.0 if profile.flags >= 0.9 else 0.8 if profile.distinct <= 3 and profile.days == 0 else 0.0


def _fits_currency(profile: Profile) -> float:
    known = sum(1 for text in profile.judged if text.lower() in CURRENCIES or text.upper() in CURRENCIES.values())
    return 1.0 if profile.judged and known >= len(profile.judged) * 0.5 else 0.0


def _says_won_or_lost(profile: Profile) -> bool:
    said = {plain(text) for text in profile.judged}
    return bool(said & values("won")) and profile.distinct <= 30


def _complete_by_values(
    matches: dict[int, Match],
    names: Sequence[str],
    profiles: Sequence[Profile],
    forced: Mapping[int, str],
    *,
    has_header: bool,
) -> None:
    """Find customer, day and amount of an order by their values, where names are absent or strange."""
    taken = {match.meaning for match in matches.values()}
    named = taken & {"customer_id", "customer_name", "ordered_on", "amount", "unit_price", "order_id"}
    if has_header and not named and not _can_only_be_orders(names, profiles):
        return
    free = [
        i
        for i in range(len(names))
        if i not in matches and i not in forced and profiles[i].filled and not _is_called_otherwise(names[i])
    ]
    picks = (
        ("ordered_on", {"ordered_on"}, _pick_day),
        ("amount", {"amount", "unit_price"}, _pick_amount),
        ("customer_id", {"customer_id", "customer_name"}, _pick_customer),
    )
    for code, enough, pick in picks:
        if taken & enough:
            continue
        i = pick([i for i in free if i not in matches], names, profiles)
        if i is not None:
            matches[i] = Match(code, 0.3, BY_VALUES)


def _complete_by_bare_names(
    kind: Kind, matches: dict[int, Match], names: Sequence[str], forced: Mapping[int, str]
) -> None:
    """A column called exactly what is needed is what is needed, though its values cannot be read.

    The rows are then refused one by one with the reason, which helps more than "there is no such column".
    """
    taken = {match.meaning for match in matches.values()}
    for group in kind.needs:
        for i, name in enumerate(names):
            code = next((code for code in group if _is_name_of(name, code)), None)
            if code and i not in matches and i not in forced and not taken & set(group):
                matches[i] = Match(code, _LEAST, BY_NAME)
                taken.add(code)


def _can_only_be_orders(names: Sequence[str], profiles: Sequence[Profile]) -> bool:
    """Under names nobody knows: one column of days, one of amounts with decimals, and keys that come back."""
    days = sum(1 for profile in profiles if profile.days >= 0.9)
    amounts = sum(1 for profile in profiles if profile.numbers >= 0.9 and profile.decimals > 0.2)
    keys = sum(1 for profile in profiles if profile.decimals == 0 and profile.days < 0.9 and profile.unique < 0.9)
    return days == amounts == 1 and keys >= 1 and not any(_starts_like_summary(name) for name in names)


def _is_called_otherwise(name: str) -> bool:
    """Whether the vocabulary knows this name for something that an order does not have."""
    return any(plain(name) in m.names for m in meanings().values() if m.code not in kinds()["orders"].takes)


def _pick_day(free: Sequence[int], names: Sequence[str], profiles: Sequence[Profile]) -> int | None:
    days = [i for i in free if profiles[i].days >= 0.9 and not _starts_like_summary(names[i])]
    return max(days, key=lambda i: (profiles[i].days, -i), default=None)


def _starts_like_summary(name: str) -> bool:
    return any(plain(name).startswith(word) for word in values("summaries"))


def _pick_amount(free: Sequence[int], names: Sequence[str], profiles: Sequence[Profile]) -> int | None:
    able = [
        i
        for i in free
        if profiles[i].numbers >= 0.9
        and not profiles[i].padded
        and not any(word in plain(names[i]) for word in values("not_amounts"))
    ]
    return max(able, key=lambda i: (profiles[i].decimals > 0.2, profiles[i].distinct, i), default=None)


def _pick_customer(free: Sequence[int], names: Sequence[str], profiles: Sequence[Profile]) -> int | None:
    able = [i for i in free if profiles[i].decimals == 0 and profiles[i].days < 0.9 and profiles[i].distinct > 1]
    # Customers come back: a column that never repeats numbers the rows instead.
    repeating = [i for i in able if profiles[i].unique < 0.999]
    return max(repeating or able, key=lambda i: (profiles[i].padded, profiles[i].distinct, -i), default=None)


def _price_as_amount(matches: dict[int, Match]) -> None:
    """A price without a quantity is what the order cost."""
    taken = {match.meaning: i for i, match in matches.items()}
    if "amount" not in taken and "quantity" not in taken and "unit_price" in taken:
        i = taken["unit_price"]
        matches[i] = replace(matches[i], meaning="amount")
