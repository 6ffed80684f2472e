"""What is accepted: the criteria one by one, and the text a signature stands under. Pure."""

from __future__ import annotations

import hashlib


def criteria_lines(criteria: str) -> list[str]:
    """The criteria, one a line; empty lines do not count."""
    return [line.strip() for line in criteria.splitlines() if line.strip()]


def acceptance_text(*, title: str, number: int, criteria: str, environment: str) -> str:
    """What the customer has before them when signing test ``number``, as it is kept with the signature."""
    return f"{title} #{number}\n\n{criteria.strip()}\n\n{environment.strip()}"


def digest(*parts: str) -> str:
    """One sha256 over the parts, in hexadecimal: it differs as soon as one of them does."""
    held = hashlib.sha256()
    for part in parts:
        plain = part.encode()
        held.update(len(plain).to_bytes(8, "big") + plain)
    return held.hexdigest()


def is_own_name(typed: str, own: str) -> bool:
    """Whether somebody signed with the own name; spaces and capitals do not matter."""
    return bool(own.strip()) and _plain(typed) == _plain(own)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
