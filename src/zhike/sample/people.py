"""The customer file: firms, persons, and the people we know at each firm."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhike.sample import draws
from zhike.sample.course import INDEX, Course
from zhike.sample.draws import BoolArray, DayArray, IntArray, Rng, TextArray, pick, texts
from zhike.sample.names import GENDERS, brands, person_names
from zhike.sample.numbers import credit_codes, identity_numbers, mobile_numbers
from zhike.sample.places import BUILDINGS, COMPOUNDS, PLACES, ROADS
from zhike.sample.profile import CORE, HIGH, LOW, Profile
from zhike.sample.tables import Contacts, Customers
from zhike.sample.window import Window
from zhike.sample.wording.needs import (
    CHANNEL_WEIGHTS,
    CHANNELS,
    FIRM_NEEDS,
    LEGAL_FORM_WEIGHTS,
    LEGAL_FORMS,
    PERSON_NEEDS,
    TITLES,
    TRADES,
)

# Telephone numbers a customer may need: one for a person, or one per contact.
_PHONES_PER_CUSTOMER = 5
_OLDEST_DISTRICTS_BEFORE = 1960
# Words of a trade that cannot be cut after two characters.
_LONG_WORDS = ("高分子", "半导体")
_MAILBOXES = ("example.com", "example.net", "example.org")
_SATISFIED = 4.25
_LESS_SATISFIED = {"slow_response": 2.7, "price_pressure": 3.4, "silent_departure": 3.8, "lost": 3.3, "departed": 3.1}
_CITY_NAMES = [spot.city if spot.city.endswith("市") else spot.city + "市" for spot in PLACES]


def _of_places(place: IntArray, values: list[Any]) -> TextArray:
    return texts(values)[place]


def _filled(count: int, where: BoolArray, values: Any) -> TextArray:
    """A column of None with ``values`` at ``where``."""
    column = texts([None] * count)
    column[where] = values
    return column


def _addresses(rng: Rng, place: IntArray, is_person: bool) -> list[str]:
    count = len(place)
    road, spot = rng.integers(len(ROADS), size=count), rng.integers(16, size=count)
    door, floor, room = (rng.integers(1, top, size=count) for top in (999, 30, 24))
    lines = []
    for where, way, house, number, level, unit in zip(
        place.tolist(), road.tolist(), spot.tolist(), door.tolist(), floor.tolist(), room.tolist(), strict=True
    ):
        at = PLACES[where]
        city = "" if at.province.endswith("市") else _CITY_NAMES[where]
        head = f"{at.province}{city}{at.district}{ROADS[way]}{number}号"
        if is_person:
            lines.append(f"{head}{COMPOUNDS[house]}{unit}栋{level}0{unit % 4 + 1}室")
        else:
            lines.append(f"{head}{BUILDINGS[house]}{level}层{level}{unit:02d}室")
    return lines


def _firm_names(rng: Rng, number: IntArray, profile: Profile, trade: IntArray) -> tuple[list[str], list[str]]:
    """Full and short name per firm."""
    brand, _ = brands(number)
    form = draws.weighted(rng, LEGAL_FORM_WEIGHTS, len(number))
    word, style = rng.random(len(number)), rng.random(len(number))
    names, short = [], []
    rows = zip(
        brand.tolist(), trade.tolist(), form.tolist(), profile.place.tolist(), word.tolist(), style.tolist(),
        profile.size.tolist(), strict=True,
    )  # fmt: skip
    for own, line, legal, where, share, shape, size in rows:
        words = TRADES[line].words
        what = words[int(share * len(words))]
        ending = LEGAL_FORMS[legal if size != LOW or legal != 3 else 0]
        city = PLACES[where].city
        names.append(f"{own}（{city}）{what}{ending}" if shape < 0.18 else f"{city}{own}{what}{ending}")
        short.append(own + (what if len(what) <= 3 else what[: 3 if what.startswith(_LONG_WORDS) else 2]))
    return names, short


def _satisfaction(rng: Rng, course: Course) -> draws.FloatArray:
    count = len(course.archetype)
    level = np.full(count, _SATISFIED)
    for code, value in _LESS_SATISFIED.items():
        level[course.archetype == INDEX[code]] = value
    score = np.clip(np.round(level + 0.5 * draws.normal(rng, count), 1), 1, 5)
    return np.where(draws.chance(rng, 0.72, count) & (course.archetype != INDEX["potential"]), score, np.nan)


def customers_of(rngs: dict[str, Rng], window: Window, first_id: int, profile: Profile, course: Course) -> Customers:
    """The customer files of one block; ids run from ``first_id``."""
    count = len(profile.kind)
    ids = np.arange(first_id, first_id + count, dtype=np.int64)
    firm, person = np.nonzero(~profile.is_person)[0], np.nonzero(profile.is_person)[0]
    rng = rngs["customers"]
    since = course.known_since
    ahead = draws.between(rng, np.full(count, 5), np.full(count, 90))
    first_seen = np.where(np.isnat(since), window.end - 30 - 2 * ahead, since - ahead)
    custom = np.where(profile.size == HIGH, 0.6, np.where(profile.size == CORE, 0.3, 0.07))
    channel = np.where(
        profile.is_person,
        draws.weighted(rng, CHANNEL_WEIGHTS[1], count),
        draws.weighted(rng, CHANNEL_WEIGHTS[0], count),
    )
    columns: dict[str, Any] = {
        "customer_id": ids,
        "kind": np.where(profile.is_person, texts(["person"] * count), texts(["firm"] * count)),
        "region_code": _of_places(profile.place, [spot.code for spot in PLACES]),
        "province": _of_places(profile.place, [spot.province for spot in PLACES]),
        "city": _of_places(profile.place, _CITY_NAMES),
        "district": _of_places(profile.place, [spot.district for spot in PLACES]),
        "owner_id": profile.owner_id,
        "department_id": profile.department_id,
        "channel": texts(CHANNELS)[channel],
        "cooperation_since": since,
        "created_on": first_seen,
        "prefers_custom": draws.chance(rng, custom, count),
        "satisfaction": _satisfaction(rng, course),
        "is_signed": profile.is_signed,
    }
    mine, theirs = (
        _firm_columns(rngs["firms"], ids, firm, profile),
        _person_columns(rngs["persons"], window, ids, person, profile),
    )
    for name in dict.fromkeys([*mine, *theirs]):
        columns[name] = _merged(count, firm, person, mine.get(name), theirs.get(name))
    return Customers(**{name: columns[name] for name in Customers.__dataclass_fields__})


def _merged(count: int, firm: IntArray, person: IntArray, mine: Any, theirs: Any) -> Any:
    """One column from the firms' and the persons' values; the kind that has none gets None, 0 or NaT."""
    known = mine if mine is not None else theirs
    if isinstance(known, np.ndarray) and known.dtype.kind == "M":
        column: Any = np.full(count, np.datetime64("NaT", "D"))
    elif isinstance(known, np.ndarray) and known.dtype.kind == "i":
        column = np.zeros(count, np.int64)
    else:
        column = texts([None] * count)
    if mine is not None:
        column[firm] = mine
    if theirs is not None:
        column[person] = theirs
    return column


def _firm_columns(rng: Rng, ids: IntArray, firm: IntArray, profile: Profile) -> dict[str, Any]:
    count = len(firm)
    mine = Profile(**{name: getattr(profile, name)[firm] for name in Profile.__dataclass_fields__})
    trade = draws.weighted(rng, [line.weight for line in TRADES], count)
    names, short = _firm_names(rng, ids[firm] - 1, mine, trade)
    _, spelled = brands(ids[firm] - 1)
    heads = np.array([420, 120, 34])[mine.size] * draws.spread(rng, 0.8, count)
    staff_count = np.clip(np.rint(heads), 3, 60_000).astype(np.int64)
    per_head = np.rint(62 * draws.spread(rng, 0.5, count)).astype(np.int64)
    district = np.array([int(spot.district_code) for spot in PLACES])[mine.place]
    return {
        "name": names,
        "short_name": short,
        "credit_code": credit_codes(district, ids[firm]),
        "website": [
            f"www.{brand}{number}.example.com" for brand, number in zip(spelled, ids[firm].tolist(), strict=True)
        ],
        "industry_code": texts([line.code for line in TRADES])[trade],
        "industry": texts([line.name for line in TRADES])[trade],
        "staff_count": staff_count,
        # Revenue in whole ten thousands of yuan, as firms state it.
        "yearly_revenue_minor": staff_count * per_head * 1_000_000,
        "address": _addresses(rng, mine.place, is_person=False),
        "needs": pick(FIRM_NEEDS, rng, count),
    }


def _person_columns(rng: Rng, window: Window, ids: IntArray, person: IntArray, profile: Profile) -> dict[str, Any]:
    count = len(person)
    female = rng.integers(2, size=count)
    names, spelled = person_names(rng, female)
    age_days = draws.between(rng, np.full(count, 19 * 365), np.full(count, 74 * 365))
    # Fewer of the very old: the mean of two draws.
    age_days = (age_days + draws.between(rng, np.full(count, 20 * 365), np.full(count, 60 * 365))) // 2
    birthday: DayArray = window.end - age_days
    place = profile.place[person]
    shown = draws.chance(rng, 0.62, count)
    number = identity_numbers(_born_in(rng, birthday), birthday, female)
    mailbox = rng.integers(len(_MAILBOXES), size=count)
    own = ids[person]
    emails = [
        f"{name}{customer}@{_MAILBOXES[box]}"
        for name, customer, box in zip(spelled, own.tolist(), mailbox.tolist(), strict=True)
    ]
    mailed = draws.chance(rng, 0.55, count)
    return {
        "name": names,
        "id_type": _filled(count, shown, "resident_id"),
        "id_number": _without_repeats(_filled(count, shown, number[shown])),
        "birthday": birthday,
        "gender": texts(GENDERS)[female],
        "phone": mobile_numbers(own * _PHONES_PER_CUSTOMER),
        "email": _filled(count, mailed, texts(emails)[mailed]),
        "address": _addresses(rng, place, is_person=True),
        "needs": pick(PERSON_NEEDS, rng, count),
    }


def _born_in(rng: Rng, birthday: DayArray) -> IntArray:
    """District of birth: anywhere, or where the district is younger than the person, one of the oldest."""
    year = birthday.astype("M8[Y]").astype(np.int64) + 1970
    codes = np.array([int(spot.district_code) for spot in PLACES])
    since = np.array([spot.since for spot in PLACES])
    oldest = np.nonzero(since < _OLDEST_DISTRICTS_BEFORE)[0]
    place = draws.weighted(rng, [spot.weight for spot in PLACES], len(year))
    instead = oldest[rng.integers(len(oldest), size=len(year))]
    return np.where(since[place] < year, codes[place], codes[instead])


def _without_repeats(numbers: TextArray) -> TextArray:
    """The second holder of an identity number has none."""
    seen: set[str] = set()
    kept = []
    for number in numbers.tolist():
        kept.append(None if number in seen else number)
        if number:
            seen.add(number)
    return texts(kept)


def contacts_of(rng: Rng, customers: Customers, profile: Profile) -> Contacts:
    """One to four people per firm, the first of them primary; bigger firms more."""
    firm = np.nonzero(~profile.is_person)[0]
    weights = {HIGH: (5, 20, 40, 35), CORE: (25, 40, 25, 10), LOW: (62, 28, 8, 2)}
    how_many = np.zeros(len(firm), np.int64)
    for size, shares in weights.items():
        mine = profile.size[firm] == size
        how_many[mine] = draws.weighted(rng, shares, int(mine.sum())) + 1
    row = np.repeat(firm, how_many)
    count = len(row)
    place = np.arange(count) - np.repeat(np.cumsum(how_many) - how_many, how_many)
    first = draws.weighted(rng, [title[2] for title in TITLES], len(firm))
    # The number of titles is prime, so no step meets the same title twice in one firm.
    step = rng.integers(1, len(TITLES), size=len(firm))
    title = (np.repeat(first, how_many) + place * np.repeat(step, how_many)) % len(TITLES)
    female = rng.integers(2, size=count)
    names, spelled = person_names(rng, female)
    site = customers.website[row]
    ids = customers.customer_id[row]
    return Contacts(
        contact_id=np.arange(1, count + 1),
        customer_id=ids,
        name=names,
        gender=texts(GENDERS)[female],
        title=texts([entry[0] for entry in TITLES])[title],
        role=texts([entry[1] for entry in TITLES])[title],
        phone=mobile_numbers(ids * _PHONES_PER_CUSTOMER + 1 + place),
        email=texts([f"{who}@{where[4:]}" for who, where in zip(spelled, site, strict=True)]),
        is_primary=place == 0,
    )
