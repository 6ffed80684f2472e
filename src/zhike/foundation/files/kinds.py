"""What a file is, told by its content: a name proves nothing. Files that are two things at once are refused."""

from __future__ import annotations

import codecs
import struct
import zipfile
from collections.abc import Callable
from typing import IO, NamedTuple

_HEAD, _TAIL = 4096, 66_000  # a ZIP's directory ends within its last 65,557 bytes
_END_OF_ZIP = b"PK\x05\x06"
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}


class FileKind(NamedTuple):
    """A kind of file that may be attached."""

    code: str
    media_type: str
    endings: tuple[str, ...]


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "application/pdf", ("pdf",)),
        FileKind("png", "image/png", ("png",)),
        FileKind("jpeg", "image/jpeg", ("jpg", "jpeg")),
        FileKind("gif", "image/gif", ("gif",)),
        FileKind("webp", "image/webp", ("webp",)),
        FileKind("docx", _OPEN_XML + "wordprocessingml.document", ("docx",)),
        FileKind("xlsx", _OPEN_XML + "spreadsheetml.sheet", ("xlsx",)),
        FileKind("pptx", _OPEN_XML + "presentationml.presentation", ("pptx",)),
        FileKind("text", "text/plain", ("txt", "csv", "md", "log", "eml")),
    )
}
ENDINGS = tuple(sorted(ending for kind in KINDS.values() for ending in kind.endings))


class Unsuitable(Exception):
    """The content is none of the kinds, or several at once; ``reason`` is ``unknown``, ``mixed`` or ``macros``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def kind_of(file: IO[bytes]) -> FileKind:
    """What ``file`` is; it is read at its ends, an archive also in its directory. Raises Unsuitable."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(min(size, _HEAD))
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    for begins, check in _CHECKS:
        if head.startswith(begins):
            return KINDS[check(file, head, tail, size)]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return KINDS[_webp(head, tail, size)]
    return KINDS[_text(file, head, tail)]


def _alone(head: bytes, tail: bytes, own: str) -> str:
    """``own``, if nothing else could read the same bytes. Readers of PDF look into the first kilobyte."""
    if (own != "pdf" and b"%PDF-" in head[:1024]) or _is_zip_too(tail):
        raise Unsuitable("mixed")
    return own


def _is_zip_too(tail: bytes) -> bool:
    """Whether a directory of an archive stands at the end, whose lengths fit."""
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        if len(tail) - at >= 22:
            length, offset = struct.unpack("<II", tail[at + 12 : at + 20])
            entries = struct.unpack("<H", tail[at + 10 : at + 12])[0]
            if entries and length >= 46 * entries and offset < 2**31:
                return True
        at = tail.rfind(_END_OF_ZIP, 0, at)
    return False


def _pdf(_file: IO[bytes], head: bytes, tail: bytes, _size: int) -> str:
    if b"%%EOF" not in tail[-2048:]:
        raise Unsuitable("mixed")
    return _alone(head, tail, "pdf")


def _png(_file: IO[bytes], head: bytes, tail: bytes, _size: int) -> str:
    if not tail.endswith(b"IEND\xaeB`\x82"):
        raise Unsuitable("mixed")
    return _alone(head, tail, "png")


def _jpeg(_file: IO[bytes], head: bytes, tail: bytes, _size: int) -> str:
    # Telephones write more behind the picture; that it is no archive is what counts.
    if b"\xff\xd9" not in tail:
        raise Unsuitable("mixed")
    return _alone(head, tail, "jpeg")


def _gif(_file: IO[bytes], head: bytes, tail: bytes, _size: int) -> str:
    if not tail.endswith(b"\x3b"):
        raise Unsuitable("mixed")
    return _alone(head, tail, "gif")


def _webp(head: bytes, tail: bytes, size: int) -> str:
    said = struct.unpack("<I", head[4:8])[0] + 8
    if not size - 1 <= said <= size:
        raise Unsuitable("mixed")
    return _alone(head, tail, "webp")


def _office(file: IO[bytes], head: bytes, _tail: bytes, _size: int) -> str:
    """A document of Word, Excel or PowerPoint: an archive that begins at the first byte and holds no macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist()]
            first = min((entry.header_offset for entry in archive.infolist()), default=-1)
            has_comment = bool(archive.comment)
    except (zipfile.BadZipFile, ValueError, OSError, struct.error):
        raise Unsuitable("unknown") from None
    found = [code for folder, code in _OFFICE.items() if any(name.startswith(folder) for name in names)]
    if "[Content_Types].xml" not in names or len(found) != 1:
        raise Unsuitable("unknown")
    if first != 0 or has_comment or b"%PDF-" in head[:1024]:
        raise Unsuitable("mixed")
    if any(name.lower().endswith((".bin", ".exe", ".js", ".vbs")) and "vba" in name.lower() for name in names):
        raise Unsuitable("macros")
    return found[0]


def _text(file: IO[bytes], head: bytes, tail: bytes) -> str:
    """Words in UTF-8 or GB18030 without a mark-up that a browser would run."""
    if not head:
        raise Unsuitable("unknown")
    if _is_zip_too(tail) or b"%PDF-" in head[:1024]:
        raise Unsuitable("mixed")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"#!", b"mz", b"\x7felf")) or b"<script" in head.lower():
        raise Unsuitable("unknown")
    if not any(_decodes(file, encoding) for encoding in ("utf-8", "gb18030")):
        raise Unsuitable("unknown")
    return "text"


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(64 * 1024):
            if b"\0" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_CHECKS: tuple[tuple[bytes, Callable[[IO[bytes], bytes, bytes, int], str]], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"PK\x03\x04", _office),
)
