"""Small charts as SVG text, drawn by ourselves: no chart library, no script, the shipped font only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

FONT = "Noto Sans SC, sans-serif"
INK, QUIET, LINE, PAPER = "#182433", "#667382", "#D9DEE5", "#FFFFFF"
BLUE, TEAL, GREY, RED, ORANGE, YELLOW = "#2F6FB2", "#2E9C8A", "#A3ADB8", "#C0392B", "#E08E2B", "#D9B92E"


@dataclass
class Canvas:
    """A drawing of ``width`` by ``height`` units, the origin above left."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, opacity: float = 1) -> None:
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" rx="{radius:.1f}"'
            f' fill="{fill}" fill-opacity="{opacity:g}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str = LINE, *, dashed: bool = False) -> None:
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="1"{dash}/>'
        )

    def circle(self, x: float, y: float, r: float, fill: str, *, opacity: float = 0.75) -> None:
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" fill="{fill}" fill-opacity="{opacity:g}"'
            f' stroke="{PAPER}" stroke-width="0.6"/>'
        )

    def text(
        self, x: float, y: float, words: str, *, size: float = 13, fill: str = INK, anchor: str = "start",
        bold: bool = False, turn: float = 0,
    ) -> None:  # fmt: skip
        weight = ' font-weight="700"' if bold else ""
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" fill="{fill}"'
            f' text-anchor="{anchor}"{weight}{turned}>{escape(printable(words))}</text>'
        )

    def drawn(self) -> str:
        """The SVG document."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:g}" height="{self.height:g}"'
            f' viewBox="0 0 {self.width:g} {self.height:g}">'
        )
        return head + f'<rect width="100%" height="100%" fill="{PAPER}"/>' + "".join(self.parts) + "</svg>"


def printable(words: str) -> str:
    """Text without control characters, which XML cannot hold."""
    return "".join(c if c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff" else " " for c in words)


def width_of(words: str, size: float) -> float:
    """About how wide ``words`` are set: a Chinese character is as wide as high, a Latin letter a little over half."""
    return sum(1.0 if c > "\u2e80" else 0.58 for c in words) * size


def shortened(words: str, room: float, size: float) -> str:
    """``words`` cut with an ellipsis to fit ``room``."""
    if width_of(words, size) <= room:
        return words
    kept = words
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, how long it is, and what is written behind it."""

    name: str
    length: float
    said: str
    color: str = BLUE


def bars(items: Sequence[Bar], *, width: float = 680, name_room: float = 130, said_room: float = 190) -> str:
    """Horizontal bars, one under the other, all on one scale; ``name_room`` grows for longer names, up to a third."""
    step, thick = 30.0, 18.0
    widest = max((width_of(bar.name, 13) for bar in items), default=0.0)
    name_room = max(name_room, min(widest + 16, width * 0.35))
    canvas = Canvas(width, step * max(len(items), 1) + 6)
    room = width - name_room - said_room
    longest = max((bar.length for bar in items), default=0) or 1
    for i, bar in enumerate(items):
        y = 3 + i * step
        canvas.text(name_room - 10, y + 14, shortened(bar.name, name_room - 14, 13), anchor="end")
        length = room * bar.length / longest
        canvas.rect(name_room, y, length, thick, bar.color, radius=2)
        canvas.text(
            name_room + length + 8, y + 14, shortened(bar.said, said_room + room - length - 10, 12), size=12, fill=QUIET
        )
    return canvas.drawn()


def columns(counts: Sequence[tuple[str, int, str]], *, width: float = 680, height: float = 170) -> str:
    """Upright columns with their count above and their name below: (name, count, colour)."""
    canvas = Canvas(width, height)
    base, top = height - 24, 22
    most = max((count for _, count, _ in counts), default=0) or 1
    step = width / max(len(counts), 1)
    canvas.line(0, base, width, base)
    for i, (name, count, color) in enumerate(counts):
        tall = (base - top) * count / most
        x = i * step + step * 0.15
        canvas.rect(x, base - tall, step * 0.7, tall, color, radius=2)
        canvas.text(x + step * 0.35, base - tall - 6, f"{count:,}", size=12, fill=QUIET, anchor="middle")
        canvas.text(x + step * 0.35, base + 17, name, size=12, anchor="middle")
    return canvas.drawn()
