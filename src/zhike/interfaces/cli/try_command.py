"""``zhike try``: a person with nothing but spreadsheets gets reports. Needs no server, database, key or setting."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from zhike.foundation.policies.load import TEMPLATES

FAILED, WRONG_USE, UNUSABLE = 1, 2, 3
_TEXTS = {
    "zh": {
        "understood": "对文件的理解（如有不对，可用 --map 更正）：",
        "understand": "理解列",
        "read": "读取",
        "compute": "计算",
        "write": "生成报告",
        "done": "已写入 {out}：{customers:,} 位客户；截止日 {as_of}（{evidence}）。",
        "rows": "读取 {read:,} 行 = 采用 {accepted:,} 行 + 拒绝 {rejected:,} 行。",
        "gap": "未算出：{reason}",
        "stopped": "已停止，没有写出任何文件。",
    },
    "en": {
        "understood": "How the files were understood (--map corrects it):",
        "understand": "Understanding",
        "read": "Reading",
        "compute": "Computing",
        "write": "Writing",
        "done": "Written to {out}: {customers:,} customers as of {as_of} ({evidence}).",
        "rows": "{read:,} rows read = {accepted:,} accepted + {rejected:,} rejected.",
        "gap": "Not computed: {reason}",
        "stopped": "Stopped. Nothing was written.",
    },
}


def language_by_default() -> str:
    """``ZHIKE_LANG``, else the terminal's language; Chinese where neither says English."""
    for name in ("ZHIKE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        said = os.environ.get(name, "").lower()
        if said.startswith(("zh", "en")):
            return said[:2]
    return "zh"


class Day(click.ParamType[dt.date]):
    """A day as 2024-12-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            self.fail(f"{value!r}: write the day as 2024-12-31 · 请写成 2024-12-31", param, ctx)


@click.command(name="try")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--template", type=click.Choice(TEMPLATES), help="Policies of an industry.")
@click.option("--as-of", type=Day(), help="The day of the report; by default the last date in the data.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the reports.")
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="TOML or JSON: what columns mean.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder for the reports.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def try_files(
    files: tuple[Path, ...],
    template: str | None,
    as_of: dt.date | None,
    lang: str | None,
    map_path: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Spreadsheets of orders, customers or deals in, reports out.

    FILE is delimited text or a workbook. The folder of --out gets summary.pdf, value-matrix.xlsx and .png,
    customers.csv, warning-list.xlsx, strategy-table.xlsx, rejected.csv and manifest.json.
    """
    language = lang or language_by_default()
    # Imported here, so that wrong use is told at once and `zhike --help` stays quick.
    from zhike.insight.public import Asked, Fault, UnusableInput, WrongUse, fault_said, report_on, understood_text

    asked = Asked(files, template, as_of, language, map_path)

    def show(plan: Any) -> None:
        if not as_json:
            from tqdm import tqdm

            with tqdm.external_write_mode():  # the bar steps aside while we write
                click.echo(_TEXTS[language]["understood"])
                click.echo(understood_text(plan, language))

    _stop_on_signals()
    try:
        with _bar(language, quiet=as_json) as progress:
            finished = report_on(asked, out, on_understood=show, progress=progress)
    except Fault as fault:
        code = WRONG_USE if isinstance(fault, WrongUse) else UNUSABLE if isinstance(fault, UnusableInput) else FAILED
        _refuse(fault_said(fault, language), fault.code, code, as_json)
    except KeyboardInterrupt:
        _refuse(_TEXTS[language]["stopped"], "stopped", FAILED, as_json)
    else:
        _tell(finished.manifest, out, language, as_json)


def _stop_on_signals() -> None:
    """A polite kill stops like Ctrl+C: what was begun is cleared away."""

    def stop(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def _refuse(sentence: str, code: str, exit_code: int, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps({"error": {"code": code, "message": sentence, "exit_code": exit_code}}, ensure_ascii=False)
        )
    else:
        click.echo(sentence, err=True)
    sys.exit(exit_code)


def _tell(manifest: dict[str, Any], out: Path, language: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"out": str(out), **manifest}, ensure_ascii=False))
        return
    texts = _TEXTS[language]
    for remark in manifest["remarks"]:
        click.echo(remark)
    for reason in dict.fromkeys(gap["reason"] for gap in manifest["not_computed"]):
        click.echo(texts["gap"].format(reason=reason))
    click.echo(texts["rows"].format(**manifest["rows"]))
    told = {"customers": manifest["customers"], "as_of": manifest["as_of"], "evidence": manifest["as_of_said"]}
    click.echo(texts["done"].format(out=out, **told))


@contextmanager
def _bar(language: str, *, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """A progress bar on the error stream, where a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=100, file=sys.stderr, bar_format="{desc} {percentage:3.0f}% |{bar}| {elapsed}", leave=False) as bar:

        def progress(stage: str, share: float) -> None:
            bar.set_description_str(_TEXTS[language][stage], refresh=False)
            bar.n = round(share * 100, 1)
            bar.refresh()

        yield progress
