"""Who the customers are: one number per customer, whether a file names them by number or by name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field


def as_id(text: str) -> str:
    """A customer number as it is compared: trimmed, and without the ``.0`` that spreadsheets add."""
    word = text.strip()
    if word.endswith(".0") and word[:-2].isdigit():
        return word[:-2]
    return word if word.isascii() else unicodedata.normalize("NFKC", word)


def as_name(text: str) -> str:
    """A customer's name as it is compared: NFKC, one blank, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass
class Registry:
    """Customers by number and by name. Ids begin at 1; the lists hold customer ``i`` at ``i - 1``."""

    ids: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    shown_id: list[str] = field(default_factory=list)
    shown_name: list[str] = field(default_factory=list)
    described: set[int] = field(default_factory=set)
    extras: dict[str, dict[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.shown_id)

    def find(self, number: str, name: str) -> int:
        """The customer of this number or name, made known if new. 0 when both are empty."""
        key = as_id(number) if number else ""
        if key:
            found = self.ids.get(key) or self.names.get(as_name(key))
            if found is None:
                found = self._new(key, name.strip())
                self.ids[key] = found
            elif name and not self.shown_name[found - 1]:
                self._name(found, name)
            return found
        if not name.strip():
            return 0
        known = as_name(name)
        found = self.names.get(known) or self.ids.get(as_id(name))
        if found is None:
            found = self._new("", name.strip())
        return found

    def _new(self, number: str, name: str) -> int:
        self.shown_id.append(number)
        self.shown_name.append("")
        number_of = len(self.shown_id)
        if name:
            self._name(number_of, name)
        return number_of

    def _name(self, customer: int, name: str) -> None:
        self.shown_name[customer - 1] = name.strip()
        self.names.setdefault(as_name(name), customer)

    def note(self, what: str, customer: int, text: str) -> None:
        """Remember something said of a customer, such as owner, industry or region; the last word counts."""
        if text:
            said = self.extras.get(what)
            if said is None:
                said = self.extras[what] = {}
            said[customer] = text

    def label(self, customer: int) -> str:
        """How a report calls the customer: the name, else the number."""
        return self.shown_name[customer - 1] or self.shown_id[customer - 1]
