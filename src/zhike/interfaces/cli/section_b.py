"""Section B, entry by entry: what lives, and what waits for an event that is not there yet."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources

KINDS = ("duty", "reaction", "gate")


@dataclass(frozen=True)
class Entry:
    """One entry: ``by`` names what does a reaction, ``waits_for`` the event without which nothing starts yet."""

    code: str
    kind: str
    zh: str
    en: str
    row: str
    by: tuple[str, ...] = ()
    waits_for: str = ""


def entries() -> list[Entry]:
    """All entries in their order."""
    text = resources.files("zhike.interfaces.cli").joinpath("obligations.toml").read_text(encoding="utf-8")
    return [
        Entry(code, given["kind"], *given["what"], given["row"], tuple(given.get("by", ())), given.get("waits_for", ""))
        for code, given in tomllib.loads(text).items()
    ]


def waiting() -> list[Entry]:
    """Those that wait."""
    return [one for one in entries() if one.waits_for]


def summary(lang: str) -> str:
    """One sentence: how many live, how many wait."""
    all_of_them, idle = len(entries()), len(waiting())
    if lang == "zh":
        return f"时限与节奏共 {all_of_them} 项：{all_of_them - idle} 项已生效，{idle} 项等待启动事件。"
    return f"{all_of_them} obligations: {all_of_them - idle} live, {idle} wait for the event that starts them."


def page() -> list[str]:
    """The lines of the reference page."""
    lines = [
        "## 时限与节奏 · Obligations",
        "",
        summary("en"),
        "",
        "| entry | 事项 · what | kind | row | waits for |",
        "|---|---|---|---|---|",
    ]
    for one in entries():
        wait = f"`{one.waits_for}`" if one.waits_for else "lives"
        lines.append(f"| {one.code} | {one.zh}<br>{one.en} | {one.kind} | {one.row} | {wait} |")
    return lines
