"""How Chinese characters are read: at most two readings each, without tones, kept per character.

Read from pypinyin's table of single characters. Its table of phrases would cost 30 MB in every web process; two
readings per character find what a phrase would decide, and a little more.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import unicodedata
from pathlib import Path

MOST_READINGS = 2
#: Surnames are read in a way that the table lists late or never.
_SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "缪": "miao", "朴": "piao",
    "翟": "zhai", "尉": "wei", "曾": "zeng", "乐": "yue", "任": "ren", "覃": "qin", "秘": "bi", "折": "she",
    "繁": "po", "员": "yun", "种": "chong", "召": "shao", "句": "gou", "臧": "zang", "冼": "xian", "万": "wan",
    "洗": "xian", "逄": "pang", "郗": "xi", "宓": "mi", "宁": "ning", "华": "hua", "燕": "yan", "黑": "he",
}  # fmt: skip


@functools.cache
def _table() -> dict[str, str]:
    """Code point as text → readings with tones, separated by commas."""
    spec = importlib.util.find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise RuntimeError("pypinyin is not installed")
    path = Path(spec.origin).with_name("pinyin_dict.json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


@functools.cache
def readings(character: str) -> tuple[str, ...]:
    """The readings of one character, the commonest first; empty when it has none (kana, letters, signs).

    ``ü`` is written ``v`` as on a keyboard, and ``u`` is accepted for it.
    """
    found: list[str] = []
    for reading in _table().get(str(ord(character)), "").split(","):
        plain = _without_tone(reading)
        if plain and plain not in found and len(found) < MOST_READINGS:
            found.append(plain)
    if (surname := _SURNAMES.get(character)) and surname not in found:
        found.append(surname)
    for plain in list(found):
        if "v" in plain and plain.replace("v", "u") not in found:
            found.append(plain.replace("v", "u"))
    return tuple(found)


@functools.cache
def initials(character: str) -> tuple[str, ...]:
    """The first letters of the readings of one character."""
    return tuple(dict.fromkeys(reading[0] for reading in readings(character)))


def sort_key(text: str, length: int = 120) -> str:
    """The text by which names sort as in a Chinese telephone book: each character by its commonest reading."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join((readings(c) or (c,))[0] if not c.isascii() else c for c in folded)[:length]


def _without_tone(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    letters = [c for c in plain if not unicodedata.combining(c) or c == "\u0308"]
    return "".join(letters).replace("u\u0308", "v").replace("ɡ", "g")
