"""``zhike requirements``: row by row, which tests prove what the product has to do.

A test says so with ``@pytest.mark.requirement("RET-07", proof="user")``: kind ``user`` goes through page or API as the
post concerned and looks at what that person sees; kind ``rule`` is every other proof. Tests are read, not run.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import click

from zhike.interfaces.cli import section_b
from zhike.interfaces.cli.project import json_option, say

PROOFS = ("user", "rule")
PAGE = Path("docs") / "reference" / "requirements.md"


@dataclass(frozen=True)
class Row:
    """One row of the catalogue in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Proof:
    """One test that proves a row: ``where`` is its file and name as pytest writes them."""

    code: str
    kind: str
    where: str


class MarkFault(ValueError):
    """A mark that names no row of the catalogue, or no kind of proof."""


def catalogue() -> list[Row]:
    """Every row in its order."""
    text = resources.files("zhike.interfaces.cli").joinpath("requirements.toml").read_text(encoding="utf-8")
    return [
        Row(f"{section}-{number}", zh, en)
        for section, rows in tomllib.loads(text).items()
        for number, (zh, en) in rows.items()
    ]


def proofs(root: Path) -> list[Proof]:
    """All marks in the tests below ``root``, in the order of the files. Raises MarkFault."""
    known = {row.code for row in catalogue()}
    found = [proof for path in _test_files(root) for proof in _marks(path, root)]
    for proof in found:
        if proof.code not in known:
            raise MarkFault(f"{proof.where}: there is no row {proof.code}")
        if proof.kind not in PROOFS:
            raise MarkFault(f"{proof.where}: proof is user or rule, not {proof.kind!r}")
    return found


def _test_files(root: Path) -> list[Path]:
    return sorted([*(root / "src").rglob("tests/**/test_*.py"), *(root / "tests").rglob("test_*.py")])


def _marks(path: Path, root: Path) -> Iterator[Proof]:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    place = path.relative_to(root).as_posix()
    named = _named(tree.body)
    yield from _in_body(tree.body, place, [named.get(getattr(m, "id", ""), m) for m in _of_module(tree.body)], named)


def _named(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """Marks that a file gives a name, to use it on several tests: ``USER = pytest.mark.requirement(…)``."""
    return {
        target.id: statement.value
        for statement in body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _of_module(body: list[ast.stmt]) -> list[ast.expr]:
    """Marks for every test of a file: ``pytestmark = …``, alone or in a list."""
    for statement in body:
        if isinstance(statement, ast.Assign) and any(getattr(t, "id", "") == "pytestmark" for t in statement.targets):
            value = statement.value
            return list(value.elts) if isinstance(value, ast.List | ast.Tuple) else [value]
    return []


def _in_body(body: list[ast.stmt], place: str, above: list[ast.expr], named: dict[str, ast.expr]) -> Iterator[Proof]:
    for statement in body:
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = [*above, *(named.get(getattr(mark, "id", ""), mark) for mark in statement.decorator_list)]
        if isinstance(statement, ast.ClassDef):
            yield from _in_body(statement.body, f"{place}::{statement.name}", marks, named)
        elif statement.name.startswith("test"):
            for mark in marks:
                yield from _read(mark, f"{place}::{statement.name}")


def _read(mark: ast.expr, where: str) -> Iterator[Proof]:
    is_ours = isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == "requirement"
    if not is_ours or not isinstance(mark, ast.Call):
        return
    kind = next((k.value.value for k in mark.keywords if k.arg == "proof" and isinstance(k.value, ast.Constant)), "")
    for argument in mark.args:
        if isinstance(argument, ast.Constant):
            yield Proof(str(argument.value), str(kind), where)


def page(root: Path) -> str:
    """The reference page: how many rows are proved, and row by row by what."""
    found, rows = proofs(root), catalogue()
    lines = [
        "# Requirements and their proofs",
        "",
        "<!-- Written by `make docs` from the tests. Change the tests, not this page. -->",
        "",
        "A proof of kind *user* goes through page or API as the post concerned; *rule* is every other proof. A row",
        "without a proof is not promised yet.",
        "",
        summary(found, rows, "en"),
        "",
        "| row | 要求 · requirement | user | rule |",
        "|---|---|---|---|",
    ]
    for row in rows:
        cells = (", ".join(_short(p) for p in found if p.code == row.code and p.kind == kind) for kind in PROOFS)
        lines.append(f"| {row.code} | {row.zh}<br>{row.en} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *section_b.page()]) + "\n"


def _short(proof: Proof) -> str:
    """The test's name; its file is found by it."""
    return f"`{proof.where.rsplit('::', 1)[-1]}`"


def summary(found: list[Proof], rows: list[Row], lang: str) -> str:
    """One sentence: how many rows have a proof of which kind."""
    by_user = {p.code for p in found if p.kind == "user"}
    by_rule = {p.code for p in found if p.kind == "rule"} - by_user
    nobody = len(rows) - len(by_user | by_rule)
    if lang == "zh":
        return f"共 {len(rows)} 行：{len(by_user)} 行有用户证明，{len(by_rule)} 行只有规则证明，{nobody} 行尚无证明。"
    return f"{len(rows)} rows: {len(by_user)} proved as a user, {len(by_rule)} by rule only, {nobody} by nothing yet."


def source_tree() -> Path:
    """The checkout that this package runs from. UsageError where it was installed without its tests."""
    root = Path(__file__).resolve().parents[4]
    if not (root / "tests").is_dir() or not (root / "src" / "zhike").is_dir():
        raise click.UsageError("The tests are not installed here. Run this from a checkout of the source.")
    return root


@click.command()
@click.option("--write", is_flag=True, help="Write docs/reference/requirements.md.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@json_option
def requirements(write: bool, lang: str, as_json: bool) -> None:
    """Row by row: proofs of kind user, of kind rule, none; then the obligations that wait, and for which event."""
    root = source_tree()
    try:
        found = proofs(root)
    except MarkFault as fault:
        raise click.ClickException(str(fault)) from fault
    rows = catalogue()
    if write:
        (root / PAGE).parent.mkdir(parents=True, exist_ok=True)
        (root / PAGE).write_text(page(root), encoding="utf-8")
    counts = {
        row.code: {kind: sum(p.code == row.code and p.kind == kind for p in found) for kind in PROOFS} for row in rows
    }
    if not as_json:
        for row in rows:
            n = counts[row.code]
            click.echo(f"{row.code:8} user {n['user']:3}  rule {n['rule']:3}  {row.zh if lang == 'zh' else row.en}")
        for entry in section_b.waiting():
            click.echo(f"{entry.code:8} waits for {entry.waits_for:28} {entry.zh if lang == 'zh' else entry.en}")
        click.echo(section_b.summary(lang))
    say(
        as_json, summary(found, rows, lang), rows=counts, proofs=[vars(p) for p in found],
        obligations=[vars(entry) for entry in section_b.entries()],
    )  # fmt: skip
