"""How a value looks to somebody who may know that it exists, but not what it is."""

from __future__ import annotations

import re

STAR = "*"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DIGITS = re.compile(r"(?<![\w-])(?!\d{4}-\d{1,2}-\d{1,2}(?!\d))\+?\d(?:[ -]?\d){6,18}[Xx]?(?![\w-])")


def name(value: str) -> str:
    """``王*``, ``欧阳**``: the first character and a star for each of the rest (at most three)."""
    return value[:1] + STAR * min(max(len(value) - 1, 1), 3) if value else ""


def phone(value: str) -> str:
    """``138****1234``: three in front, four at the end."""
    digits = value.strip()
    if len(digits) < 7:
        return STAR * len(digits)
    return f"{digits[:3]}{STAR * 4}{digits[-4:]}"


def email(value: str) -> str:
    """``zh****@example.com``: two characters and the domain."""
    local, at, domain = value.partition("@")
    return f"{local[:2]}{STAR * 4}{at}{domain}" if at else STAR * 4


def id_number(value: str) -> str:
    """``1101**********1234`` shortened: four in front, two at the end."""
    return f"{value[:4]}{STAR * 10}{value[-2:]}" if len(value) > 8 else STAR * len(value)


def address(value: str) -> str:
    """The province and city part, the rest starred."""
    return f"{value[:6]}{STAR * 4}" if len(value) > 6 else STAR * 4


def date(value: str) -> str:
    """``****-**-**``: nothing of a birthday is shown."""
    return "****-**-**" if value else ""


def text(value: str) -> str:
    """Free text with the addresses and long numbers in it masked: telephones, identity and bank numbers."""
    return _DIGITS.sub(lambda found: phone(found.group(0)), _EMAIL.sub(lambda found: email(found.group(0)), value))


BY_KIND = {
    "text": text,
    "name": name,
    "phone": phone,
    "email": email,
    "id_number": id_number,
    "address": address,
    "birthday": date,
}


def masked(kind: str, value: str) -> str:
    """Mask ``value`` by its ``kind``; kinds without a rule are starred whole."""
    return BY_KIND.get(kind, lambda v: STAR * 4 if v else "")(value)
