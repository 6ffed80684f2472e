"""Everything that can be judged without running the product: ``python tools/lint.py [step ...]``.

Every step runs, also after one has failed, so that one call tells all there is to mend.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "zhike"
sys.path.insert(0, str(ROOT))

from tools import licences, messages  # noqa: E402


def style() -> list[str]:
    """Ruff's rules."""
    return _run("ruff", "check", "--quiet", "--output-format=concise", ".")


def layout() -> list[str]:
    """Ruff's formatting."""
    return _run("ruff", "format", "--check", "--quiet", "--output-format=concise", ".")


def types() -> list[str]:
    """Strict types where everything is pure: mathematics, events, rules, policies, and foundation's kit."""
    return _run("mypy", "--no-error-summary", *map(str, pure_files()))


def contracts() -> list[str]:
    """The import contracts of .importlinter."""
    return _run("lint-imports", "--no-logo", failed_only=True)


def translations() -> list[str]:
    """Every message has its Chinese, every policy text both languages."""
    return messages.check()


def licence() -> list[str]:
    """No GPL, AGPL or SSPL at run time."""
    return licences.problems()


def migrations() -> list[str]:
    """No model has changed without a migration."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"ZHIKE_ENV": "test", "ZHIKE_HOME": home, "ZHIKE_DATABASE_URL": ""}
        return _run(
            *("python", "-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"),
            "--settings=zhike.config.settings",
            environment=environment,
        )


STEPS: tuple[Callable[[], list[str]], ...] = (style, layout, types, contracts, translations, licence, migrations)


def pure_files() -> list[Path]:
    """The files that strict typing covers, without their tests."""
    wanted = [*SOURCE.glob("*/policy.py"), *SOURCE.glob("foundation/*/policy.py")]
    for folder in ("analytics", "events", "foundation/kit", "*/rules", "*/policy"):
        wanted += [path for found in SOURCE.glob(folder) for path in found.rglob("*.py")]
    return sorted({path for path in wanted if "tests" not in path.relative_to(SOURCE).parts})


def _run(
    program: str, *arguments: str, environment: dict[str, str] | None = None, failed_only: bool = False
) -> list[str]:
    command = [str(Path(sys.executable).parent / program), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return []
    said = done.stdout.strip()
    if failed_only and "Broken contracts" in said:
        said = said[said.index("Broken contracts") :]
    return [said or f"{program} ended with {done.returncode}"]


def main() -> int:
    """Command line of this file."""
    wanted = sys.argv[1:]
    unknown = set(wanted) - {step.__name__ for step in STEPS}
    if unknown:
        print(f"lint: no such step: {', '.join(sorted(unknown))}; there are {[step.__name__ for step in STEPS]}")
        return 2
    failed = []
    for step in STEPS:
        if wanted and step.__name__ not in wanted:
            continue
        started = time.monotonic()
        wrong = step()
        print(f"{'failed' if wrong else 'ok':7}{step.__name__:14}{time.monotonic() - started:5.1f} s", flush=True)
        if wrong:
            failed.append(step.__name__)
            print("\n".join(wrong), flush=True)
    if failed:
        print(f"lint: {', '.join(failed)} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
