"""What makes a number, a code or a name acceptable, and how names are compared. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from zhike.foundation.kit import masking

_FORMS = (
    "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "股份公司", "集团公司", "合伙企业", "公司", "集团",
    "co.,ltd.", "co.,ltd", "co. ltd", "co ltd", "limited", "ltd.", "ltd", "inc.", "inc", "llc", "gmbh", "corp.", "corp",
)  # fmt: skip
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_NOISE = re.compile(r"[\s·.,，。、\-_'\"&]+")


def normal_name(name: str) -> str:
    """A firm's name without width, case, brackets, blanks and legal form: what two spellings have in common."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _BRACKETS.sub("", text) or text
    for form in _FORMS:
        if text.endswith(form) and len(text) > len(form):
            text = text[: -len(form)]
            break
    return _NOISE.sub("", text)


@dataclass(frozen=True)
class Accepted:
    """A value in its normal form, or the code of what is wrong with it."""

    value: str
    problem: str | None = None


def credit_code(text: str) -> Accepted:
    """A 统一社会信用代码 of 18 characters with a right check character; empty is accepted."""
    compact = uscc.compact(text).upper() if text else ""
    if not compact:
        return Accepted("")
    try:
        return Accepted(uscc.validate(compact))
    except ValidationError:
        return Accepted(compact, "bad_credit_code")


def id_number(text: str) -> Accepted:
    """A mainland identity number with a right check digit; empty is accepted."""
    compact = text.strip().upper()
    if not compact:
        return Accepted("")
    try:
        return Accepted(ric.validate(compact))
    except ValidationError:
        return Accepted(compact, "bad_id_number")


def phone(text: str) -> Accepted:
    """A telephone number; mainland ones without the country code, others with a leading plus."""
    if not text.strip():
        return Accepted("")
    if masking.STAR in text:  # the parser would read over it
        return Accepted(text.strip(), "masked")
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return Accepted(text.strip(), "bad_phone")
    if not phonenumbers.is_possible_number(number):
        return Accepted(text.strip(), "bad_phone")
    if number.country_code == 86:
        return Accepted(phonenumbers.national_significant_number(number))
    return Accepted(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(text: str) -> Accepted:
    """An address with one @ and a dotted domain, lower-cased; empty is accepted."""
    address = text.strip().lower()
    if not address:
        return Accepted("")
    if masking.STAR in address:
        return Accepted(address, "masked")
    ok = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", address) is not None
    return Accepted(address, None if ok else "bad_email")
