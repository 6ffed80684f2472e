"""Entries as an iCalendar file (RFC 5545): times in UTC, text escaped, lines folded at 75 octets. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

_LINE_OCTETS = 75


@dataclass(frozen=True)
class Entry:
    """One entry. ``uid`` stays the same, so that a calendar moves it and doubles nothing."""

    uid: str
    title: str
    begins_at: dt.datetime
    ends_at: dt.datetime
    made_at: dt.datetime
    is_late: bool = False


def written(entries: Iterable[Entry]) -> str:
    """The whole file, with lines that end in CR LF."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhike//Duties//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "X-WR-CALNAME:Zhike", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]  # fmt: skip
    for one in entries:
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(one.uid)}", f"DTSTAMP:{utc(one.made_at)}", f"DTSTART:{utc(one.begins_at)}",
            f"DTEND:{utc(one.ends_at)}", f"SUMMARY:{escaped(('! ' if one.is_late else '') + one.title)}",
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def utc(moment: dt.datetime) -> str:
    """``20261130T184500Z``."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11; control characters, which no text may hold, become blanks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for mark, written_as in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark, written_as)
    return "".join(" " if ord(one) < 32 or ord(one) == 127 else one for one in plain)


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, each but the first begun by a blank; no character is cut in two."""
    pieces, piece, size = [], "", 0
    for one in line:
        octets = len(one.encode())
        if size + octets > _LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + one, size + octets
    return "\r\n".join([*pieces, piece])
