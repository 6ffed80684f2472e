"""Translations without gettext's own programs: ``python tools/messages.py compile|check|update``.

English is the message id; Chinese is written by hand in ``src/zhike/**/locale/zh_Hans/LC_MESSAGES/django.po``. A
message may stand in the catalogue of any part: Django merges them.

compile  writes the .mo files beside the .po files, where the .po is newer
check    fails on a message without translation, a fuzzy or empty entry, a placeholder that got lost, an entry that
         nothing uses, a message that two parts translate differently (a context tells them apart), and a text in the
         policies that lacks one of the two languages
update   adds the missing messages, empty, to the catalogue of the part that uses them
"""

from __future__ import annotations

import argparse
import io
import os
import re
import string
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "zhike"
LOCALE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = """# Simplified Chinese.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
KEYWORDS = {
    name + suffix: arguments
    for suffix in ("", "_lazy", "_noop")
    for name, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
} | {"_": None}

Key = tuple[str | None, str]


@dataclass
class Use:
    """One message of the source: where it is used, and its plural if it has one."""

    places: list[str] = field(default_factory=list)
    plural: str | None = None


def catalogue_paths() -> list[Path]:
    """Every Chinese catalogue of the tree."""
    return sorted(SOURCE.rglob(str(LOCALE)))


def compile_all() -> int:
    """Write every .mo whose .po is newer; returns how many were written."""
    written = 0
    for path in catalogue_paths():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale="zh_Hans")
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        with unfinished.open("wb") as handle:
            write_mo(handle, catalogue)
        unfinished.rename(target)
        written += 1
    return written


def check() -> list[str]:
    """Everything that is wrong with the translations, one sentence each."""
    uses = messages_used()
    wrong: list[str] = []
    known: dict[Key, tuple[Message, Path]] = {}
    for path in catalogue_paths():
        for message in _entries(path):
            first, where = known.setdefault(_key(message), (message, path))
            if first.string != message.string:
                # Django merges the catalogues, so one of the two would win everywhere.
                wrong.append(f"{_short(path)}: another Chinese than in {_short(where)}: {_quoted(message)}")
            wrong += [f"{_short(path)}: {problem}: {_quoted(message)}" for problem in _problems(message, uses)]
    for key, use in sorted(uses.items(), key=lambda pair: (pair[1].places, pair[0][1])):
        if key not in known:
            wrong.append(f"{use.places[0]}: no Chinese for {key[1]!r}")
    return wrong + policy_problems()


def update() -> int:
    """Add what is missing, empty, to the catalogue of the part that uses it first; returns how many were added."""
    known = {_key(message) for path in catalogue_paths() for message in _entries(path)}
    missing: dict[Path, list[tuple[Key, Use]]] = {}
    for key, use in messages_used().items():
        if key not in known:
            missing.setdefault(_home_of(ROOT / use.places[0].split(":")[0]), []).append((key, use))
    for path, entries in missing.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else HEADER
        # What stands there was written by hand and is left as it is; the new entries follow it.
        path.write_text(f"{before.rstrip()}\n\n{_as_entries(entries)}", encoding="utf-8")
    return sum(len(entries) for entries in missing.values())


def _as_entries(entries: list[tuple[Key, Use]]) -> str:
    catalogue = Catalog(locale="zh_Hans")
    for (context, text), use in entries:
        catalogue.add((text, use.plural) if use.plural else text, context=context)
    written = io.BytesIO()
    write_po(written, catalogue, width=110, omit_header=True)
    return written.getvalue().decode().lstrip()


def messages_used() -> dict[Key, Use]:
    """Every translatable message of Python files and templates, by context and text."""
    uses: dict[Key, Use] = {}
    for path in _translatable_files():
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = _as_python(source, str(path))
        try:
            found = list(extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS))
        except SyntaxError as error:
            raise SystemExit(f"{_short(path)}: cannot be read: {error}") from error
        for line, text, _comments, context in found:
            singular, plural = text if isinstance(text, tuple) else (text, None)
            if not singular:
                continue
            use = uses.setdefault((context, singular), Use())
            use.places.append(f"{_short(path)}:{line}")
            use.plural = use.plural or plural
    return uses


def policy_problems() -> list[str]:
    """Texts in policies/*.toml that exist in one language only."""
    wrong: list[str] = []
    for path in sorted((SOURCE / "policies").rglob("*.toml")):
        with path.open("rb") as handle:
            wrong += [f"{_short(path)}: {where}" for where in _one_sided(tomllib.load(handle), "")]
    return wrong


def _one_sided(value: object, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _one_sided(entry, f"{where}[{index}]")
    if not isinstance(value, dict):
        return
    if {"zh", "en"} & set(value):
        for language in ("zh", "en"):
            text = value.get(language)
            if not isinstance(text, str) or not text.strip():
                yield f"{where}: no text in {language}"
    for name in value:
        for one, other in (("_zh", "_en"), ("_en", "_zh")):
            if name.endswith(one) and name.removesuffix(one) + other not in value:
                yield f"{where}.{name}: stands alone, without {name.removesuffix(one) + other}"
        yield from _one_sided(value[name], f"{where}.{name}".lstrip("."))


def _translatable_files() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        parts = path.relative_to(SOURCE).parts
        if "tests" in parts or "migrations" in parts or "static" in parts or not path.is_file():
            continue
        if path.suffix == ".py" or (path.suffix in {".html", ".txt", ".typ"} and "templates" in parts):
            yield path


def _as_python(template: str, name: str) -> str:
    """A Django template as the Python that gettext can read, line for line."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation import templatize

    return str(templatize(template, origin=name))


def _entries(path: Path) -> list[Message]:
    return [message for message in _read(path) if message.id]


def _read(path: Path) -> Catalog:
    with path.open("rb") as handle:
        return read_po(handle, locale="zh_Hans", abort_invalid=True)


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _problems(message: Message, uses: dict[Key, Use]) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    texts = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(text and text.strip() for text in texts):
        yield "empty"
        return
    if _key(message) not in uses:
        yield "nothing uses it any more"
    # Chinese has one form; it must carry what the plural carries.
    original = message.id if isinstance(message.id, str) else message.id[-1]
    for text in texts:
        if (lost := _placeholders(original)) != (kept := _placeholders(text)):
            yield f"placeholders {sorted(lost)} became {sorted(kept)}"


def _placeholders(text: str) -> set[str]:
    percent = set(re.findall(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdif]", text))
    try:
        braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return percent | braces


def _home_of(path: Path) -> Path:
    """The catalogue of the part a file belongs to: a room, or a part of foundation or interfaces."""
    parts = path.relative_to(SOURCE).parts
    depth = 2 if parts[0] in {"foundation", "interfaces"} and len(parts) > 2 else 1
    return SOURCE.joinpath(*parts[:depth]) / LOCALE


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _quoted(message: Message) -> str:
    return repr(_key(message)[1])


def main() -> int:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description="Translations without gettext's own programs.")
    parser.add_argument("action", choices=["compile", "check", "update"])
    action = parser.parse_args().action
    if action == "compile":
        if written := compile_all():
            print(f"translations: {written} catalogues compiled")
    elif action == "update":
        print(f"translations: {update()} messages added, empty")
    elif wrong := check():
        print("\n".join(wrong))
        print(f"translations: {len(wrong)} problems", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
