"""Keyed hashes by which personal values are found without being readable."""

from __future__ import annotations

import base64
import functools
import hmac
import re
import unicodedata
from collections.abc import Iterable

from zhike.foundation.crypto import keys

BLIND_BYTES = 16
_TOKEN_BYTES = 5  # 8 letters of base 32; a collision is sorted out by the exact re-check of every search
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_CHINA = re.compile(r"(?:00)?86(?=1[0-9]{10}$)")


def normal(kind: str, value: str) -> str:
    """``value`` in the form in which two spellings of the same thing are equal; "" when nothing is left.

    Phone: digits only, without the code of China before a mobile number. E-mail: lower case. ID number: upper case.
    Everything: Unicode form NFKC, no blanks around, runs of blanks as one.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if kind == "phone":
        return _CHINA.sub("", _NOT_A_DIGIT.sub("", text))
    if kind == "email":
        return text.lower()
    if kind == "id_number":
        return text.replace(" ", "").upper()
    return text


def blind(kind: str, value: str) -> bytes:
    """The blind index of ``value``: 16 bytes, equal for equal normal forms of the same kind, empty for nothing."""
    text = normal(kind, value)
    if not text:
        return b""
    return hmac.digest(keys.index(), f"{kind}\0{text}".encode(), "sha256")[:BLIND_BYTES]


def blind_token(text: str) -> str:
    """The search token that stands for ``text``: 8 letters and digits."""
    return _token(keys.index(), text)


def blind_tokens(texts: Iterable[str]) -> set[str]:
    """The search tokens of ``texts``; the key is asked for once."""
    key = keys.index()
    return {_token(key, text) for text in texts}


@functools.lru_cache(maxsize=200_000)
def _token(key: bytes, text: str) -> str:
    digest = hmac.digest(key, b"token\0" + text.encode(), "sha256")
    return base64.b32encode(digest[:_TOKEN_BYTES]).decode("ascii").lower()
