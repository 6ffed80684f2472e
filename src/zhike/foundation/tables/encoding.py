"""Which encoding a text file has, proved on every byte before anything is read from it."""

from __future__ import annotations

import codecs
from pathlib import Path

from zhike.foundation.tables.faults import UnusableInput
from zhike.foundation.tables.limits import LIMITS, MIB

_BLOCK = 4 * MIB
_ENOUGH = 2_000
# In honest GB18030 text nearly every pair lies in the old GB 2312 rows of Hanzi and signs; Western letters
# misread as GB18030 give pairs whose second byte is below A1.
_HONEST_SHARE = 0.9


def encoding_of(path: Path, label: str) -> str:
    """``utf-8-sig``, ``utf-16`` (with its mark) or ``gb18030``.

    UnusableInput: empty, not text, a line beyond all bounds, or bytes of no supported encoding, with the line.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        _refuse_if_empty(path, label)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if (at := _broken_at(path, "utf-16")) is not None:
            raise UnusableInput("not_text_encoding", file=label, line=str(at))
        return "utf-16"
    _refuse_binary(path, label)
    broken_line = _broken_at(path, "utf-8")
    if broken_line is None:
        return "utf-8-sig"
    if head.startswith(codecs.BOM_UTF8):
        raise UnusableInput("broken_utf8", file=label, line=str(broken_line))
    if _broken_at(path, "gb18030") is None and _is_chinese(path):
        return "gb18030"
    raise UnusableInput("not_text_encoding", file=label, line=str(broken_line))


def _refuse_if_empty(path: Path, label: str) -> None:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if block.strip(b"\xef\xbb\xbf \t\r\n\x00"):
                return
    raise UnusableInput("empty_file", file=label)


def _refuse_binary(path: Path, label: str) -> None:
    """No NUL bytes, and no line so long that reading it would fill the memory."""
    line, since = 1, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if b"\x00" in block:
                raise UnusableInput(
                    "binary_file", file=label, line=str(line + block[: block.index(b"\x00")].count(b"\n"))
                )
            lines = block.replace(b"\r", b"\n").split(b"\n")
            longest = max(range(len(lines)), key=lambda i: len(lines[i]) + (since if i == 0 else 0))
            if len(lines[longest]) + (since if longest == 0 else 0) > LIMITS.line_characters:
                at = line + block.count(b"\n")
                raise UnusableInput("line_too_long", file=label, line=str(at), limit=f"{LIMITS.line_characters:,}")
            since = len(lines[-1]) + (since if len(lines) == 1 else 0)
            line += block.count(b"\n")


def _broken_at(path: Path, encoding: str) -> int | None:
    """The line of the first byte that ``encoding`` cannot hold, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                line += decoder.decode(block).count("\n")
            except UnicodeDecodeError as fault:
                return line + fault.object[: fault.start].count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _is_chinese(path: Path) -> bool:
    """Whether the double bytes are those of Chinese text rather than of Western or Japanese letters."""
    honest = seen = 0
    with path.open(encoding="gb18030", newline="") as file:
        while seen < _ENOUGH and (text := file.read(MIB)):
            for character in text:
                if character > "\x7f":
                    packed = character.encode("gb18030")
                    seen += 1
                    honest += (
                        len(packed) == 2 and packed[0] >= 0xA1 and packed[1] >= 0xA1 and not 0xAA <= packed[0] <= 0xAF
                    )
                    if seen >= _ENOUGH:
                        break
    return seen > 0 and honest >= seen * _HONEST_SHARE
