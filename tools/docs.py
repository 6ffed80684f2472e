"""The reference pages that say what the code says: ``python tools/docs.py`` writes them, ``check`` compares."""

from __future__ import annotations

import dataclasses
import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
NOTE = "<!-- Written by `make docs` from the code. Change the code, not this page. -->\n"
SOURCES = (
    ("000", "企业客户管理流程及岗位分工"),
    ("001", "2025年企业客户关系维护手册"),
    ("002", "客户关系细分与策略表工具指南"),
    ("003", "客户关系管理全流程指南模板"),
    ("004", "通信企业客户管理规范操作流程"),
)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and line breaks inside cells are made harmless."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return " ".join(str("" if value is None else value).replace("|", "\\|").split())


def first_paragraph(thing: object) -> str:
    """The first paragraph of a docstring on one line."""
    return _cell((getattr(thing, "__doc__", None) or "").strip().split("\n\n")[0]).replace("``", "`")


# --- policies ----------------------------------------------------------------------------------------------


def policies() -> str:
    """Every number with its unit, bounds, words, source and the templates that change it."""
    from tests.architecture.tree import import_policies
    from zhike.foundation.policies.declare import declared
    from zhike.foundation.policies.load import TEMPLATES, overlay

    import_policies()
    laid = {name: overlay(name) for name in TEMPLATES}
    parts = [
        "# Policies\n",
        NOTE,
        "Every number the business may argue about, as shipped. Change one on the policies page, with a reason and a "
        "day from which it counts; nothing here needs a programmer. Money is in minor units of the main currency "
        "(50,000,000 is ¥500,000.00).\n",
        "A source such as `000 六` is document and chapter of the handbooks below; † marks a default of ours where "
        "they give no number.\n",
        table(("source", "handbook"), SOURCES),
    ]
    room_before = ""
    for key, cls in sorted(declared().items()):
        room = key.split(".")[0]
        if room != room_before:
            parts.append(f"## {room}\n")
            room_before = room
        parts.append(f"### {key}\n")
        parts.append(first_paragraph(cls) + "\n")
        parts.append(_policy_table(key, cls, laid))
    return "\n".join(parts)


def _policy_table(key: str, cls: type, laid: dict[str, Any]) -> str:
    from zhike.foundation.policies.declare import rules_of
    from zhike.foundation.policies.load import entries

    stated = entries(key.split(".")[0])
    rows = []
    for name, rule in rules_of(cls).items():
        place = f"{key}.{name}"
        entry = stated[place]
        changed = [f"{template} {_value(values[place])}" for template, values in laid.items() if place in values]
        rows.append(
            (
                f"`{name}`",
                f"{entry.title.zh}<br>{entry.title.en}",
                _value(entry.value),
                rule.unit if rule.kind == "number" else ", ".join(rule.options) or "yes or no",
                _bounds(rule.minimum, rule.maximum),
                "<br>".join(changed),
                f"{entry.meaning.en} {entry.reason.en}",
                entry.source,
            )
        )
    return table(
        ("value", "名称 · name", "shipped", "unit", "bounds", "templates", "meaning and reason", "source"), rows
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f"{'' if low is None else _value(low)} … {'' if high is None else _value(high)}"


# --- events ------------------------------------------------------------------------------------------------


def events() -> str:
    """Every event with its fields and everybody who hears of it."""
    from zhike.foundation.outbox.event import declared

    parts = [
        "# Events\n",
        NOTE,
        "What the rooms tell each other. An event carries identifiers and plain values, never a personal value. Every "
        "event also has `uid`, `at` and `origin` (`live`, `import` or `sample`); only live ones start duties. "
        "*At once* means inside the transaction of the change; *after commit*, from the outbox.\n",
    ]
    by_module: dict[str, list[type]] = {}
    for cls in declared().values():
        if cls.__module__.startswith("zhike.") and ".tests" not in cls.__module__:
            by_module.setdefault(cls.__module__, []).append(cls)
    for module in sorted(by_module):
        parts.append(f"## {module.removeprefix('zhike.')}\n")
        parts.extend(_event(cls) for cls in by_module[module])
    return "\n".join(parts)


def _event(cls: Any) -> str:
    own = [f for f in dataclasses.fields(cls) if f.name not in ("uid", "at", "origin")]
    fields = ", ".join(f"`{f.name}: {f.type}`" for f in own)
    lines = [f"### {cls.event_name} (version {cls.event_version})\n", first_paragraph(cls) + "\n"]
    if fields:
        lines.append(f"Fields: {fields}.\n")
    heard = _heard_by(cls)
    lines.append("".join(f"- {line}\n" for line in heard) if heard else "Nobody listens yet.\n")
    return "\n".join(lines)


def _heard_by(cls: Any) -> list[str]:
    from zhike.foundation.obligations import register
    from zhike.foundation.outbox.registry import projections_of, subscribers_of

    heard = [f"at once: {_where(handler)}" for handler in projections_of(cls.event_name)]
    heard += [f"after commit: `{s.name}`" for s in subscribers_of(cls.event_name)]
    heard += [f"starts duty {d.code}: {_said(d.title)}" for d in register.started_by(cls)]
    heard += [f"fulfils duty {d.code}: {_said(d.title)}" for d in register.fulfilled_by(cls)]
    heard += [f"cancels duty {d.code}: {_said(d.title)}" for d in register.cancelled_by(cls)]
    return sorted(set(heard))


def _where(handler: Callable[..., Any]) -> str:
    return f"`{handler.__module__.removeprefix('zhike.')}`: {first_paragraph(handler) or handler.__name__.strip('_')}"


def _said(words: object) -> str:
    from django.utils import translation

    with translation.override("en"):
        return str(words)


# --- models ------------------------------------------------------------------------------------------------


def models() -> str:
    """Every table and column, with the data class of what people may see of it."""
    from django.apps import apps

    parts = [
        "# Data catalogue\n",
        NOTE,
        "Every table, what it is for, and its columns. *Class* is ordinary or sensitive; *masked* values stand masked "
        "in the row and whole in the vault; *level* is what a post needs to read the value. Columns without a class "
        "are not shown as values of a record.\n",
        "Every record also has the base columns of `foundation.access.Record`: uid, version, owner, department, "
        "origin, external_id, created and updated at and by, deleted_at.\n",
    ]
    shown = _shown_fields()
    for config in apps.get_app_configs():
        own = [m for m in config.get_models() if m.__module__.startswith("zhike.")]
        if not own:
            continue
        parts.append(f"## {config.name.removeprefix('zhike.')}\n")
        for model in own:
            parts.append(f"### {model.__name__} (`{model._meta.db_table}`)\n")
            parts.append(first_paragraph(model) + "\n")
            parts.append(_columns(model, shown.get(model, {})))
    return "\n".join(parts)


def _shown_fields() -> dict[Any, dict[str, Any]]:
    from zhike.foundation.records import every

    return {t.model: {f.path.removesuffix("_id"): (t, f) for f in t.fields if "__" not in f.path} for t in every()}


def _columns(model: Any, shown: dict[str, Any]) -> str:
    from zhike.foundation.access.models import Record

    base = {f.name for f in Record._meta.get_fields()} if issubclass(model, Record) else set()
    rows = []
    for column in model._meta.local_fields:
        if column.name in base and column.name not in shown:
            continue
        rows.append((f"`{column.attname}`", _type(column), *_catalogued(shown.get(column.name))))
    head = ("column", "type", "class", "level", "masked", "purpose", "basis", "kept")
    return table(head, rows)


def _type(column: Any) -> str:
    kind = type(column).__name__.removesuffix("Field")
    if column.is_relation and column.related_model is not None:
        return f"→ {column.related_model.__name__}" + (", may be empty" if column.null else "")
    length = f"({column.max_length})" if getattr(column, "max_length", None) else ""
    return f"{kind}{length}" + (", may be empty" if column.null else "")


def _catalogued(found: Any) -> tuple[str, ...]:
    if found is None:
        return ("",) * 6
    record_type, field = found
    area = field.area or record_type.area
    masked = f"as {field.masked}" if field.masked else ""
    return (
        f"{field.klass}" + (", personal" if field.personal else ""),
        f"{area}: {'full' if field.level == 'F' else 'basic'}",
        masked + (", whole in the vault" if field.stored_masked else ""),
        _said(field.purpose),
        _said(field.basis),
        _said(field.retention),
    )


# --- duties, posts, commands -------------------------------------------------------------------------------


def duties() -> str:
    """What the system runs by itself: duties with a clock, and scheduled work."""
    from zhike.foundation.jobs.registry import jobs
    from zhike.foundation.obligations import register
    from zhike.foundation.obligations.declaration import owners_of

    rows = []
    for code, d in sorted(register.declared().items()):
        began = ", ".join(e.event_name for e in d.starts) or f"every period: {d.rhythm}"
        within = ".".join(map(str, d.within)) if d.within else ("with the period" if d.rhythm else "as promised")
        done = ", ".join(e.event_name for e in d.fulfils)
        rows.append((code, _said(d.title), began, within, ", ".join(owners_of(d)), done, d.escalate_to, d.requirement))
    scheduled = [(name, first_paragraph(job.handler), _rhythm(job)) for name, job in sorted(jobs().items())]
    parts = [
        "# Duties and scheduled work\n",
        NOTE,
        "Every duty has an owner, a clock and an escalation. The time allowed is a policy value. At the share of it "
        "that `obligations.standard.remind_at` names the owner is reminded; at the due time owner and superior are "
        "told.\n",
        table(("duty", "what", "starts with", "within", "owed by", "done with", "when missed", "row"), rows),
        "## Scheduled work\n",
        table(("job", "what", "when"), scheduled),
    ]
    return "\n".join(parts)


def _rhythm(job: Any) -> str:
    every = job.every
    if callable(every):
        return "by policy"
    return f"`{every}`" if every else "when asked for"


def posts() -> str:
    """The permission matrix as shipped."""
    from zhike.foundation.access.matrix import Area
    from zhike.foundation.access.matrix import posts as shipped

    areas = list(Area)
    rows = [
        (f"`{p.code}`", p.title.zh, p.title.en, p.scope, *(_levels(p.areas.get(area, ())) for area in areas))
        for p in shipped().values()
    ]
    return "\n".join(
        [
            "# Posts and permissions\n",
            NOTE,
            "Post by area, as shipped in `policies/access.toml`. B basic, F full, S sensitive after approval, E create "
            "and edit, A approve; empty is no access. Who holds several posts has all of them together; the reach is "
            "the widest.\n",
            table(("post", "岗位", "English", "reach", *(str(a) for a in areas)), rows),
        ]
    )


def _levels(held: Iterable[str]) -> str:
    return " ".join(sorted(held, key="BFSEA".index))


def commands() -> str:
    """Every command with its options, as ``--help`` says it."""
    import click

    from zhike.interfaces.cli.main import COMMANDS, zhike

    context = click.Context(zhike, info_name="zhike", terminal_width=100)
    parts = [
        "# Commands\n",
        NOTE,
        "Exit codes: 0 done, 2 wrong use, 3 unusable input, 4 refused, 1 anything else.\n",
    ]
    for name in COMMANDS:
        command = zhike.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context, terminal_width=100))
    return "\n".join(parts)


def _command(command: Any, context: Any) -> list[str]:
    import click

    said = command.get_help(context)
    parts = [f"## {context.command_path}\n", f"```text\n{said}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                parts += _command(below, click.Context(below, info_name=name, parent=context, terminal_width=100))
    return parts


def requirements() -> str:
    """Row by row: what proves it."""
    from zhike.interfaces.cli.requirements_command import page

    return page(ROOT)


def api() -> str:
    """Every operation of the API."""
    from tools import docs_api

    return docs_api.page(table, NOTE)


WRITERS: dict[str, Callable[[], str]] = {
    "policies.md": policies,
    "events.md": events,
    "models.md": models,
    "duties.md": duties,
    "posts.md": posts,
    "commands.md": commands,
    "api.md": api,
    "requirements.md": requirements,
}


def ready() -> None:
    """Bring Django up with a home of its own, unless a test has done so already."""
    from django.conf import settings

    if settings.configured:
        return
    os.environ["ZHIKE_ENV"] = "test"
    os.environ["ZHIKE_HOME"] = tempfile.mkdtemp(prefix="zhike-docs-")
    os.environ.pop("ZHIKE_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhike.config.settings")
    import django

    django.setup()


def stale() -> list[str]:
    """Names of pages that do not say what the code says."""
    return [name for name, write in WRITERS.items() if _standing(name) != write()]


def _standing(name: str) -> str:
    path = PAGES / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: Sequence[str]) -> int:
    """``write`` (default) or ``check``."""
    ready()
    importlib.import_module("zhike.config.wiring")
    if "check" in arguments:
        for name in (found := stale()):
            print(f"docs/reference/{name} is out of date: make docs", file=sys.stderr)
        return 1 if found else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, write in WRITERS.items():
        (PAGES / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
