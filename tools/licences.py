"""The licences of what runs in production: ``python tools/licences.py`` lists them; `problems` judges them.

GPL, AGPL and SSPL are refused. LGPL is allowed, because what is under it here is used unmodified, as a library.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFUSED = re.compile(r"\b(A?GPL|AGPLv\d|GPLv\d|SSPL)|GNU (Affero )?General Public|Server Side Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL\S*|GNU (Lesser|Library)[^;]*?(?=;|$)", re.IGNORECASE)


def problems() -> list[str]:
    """One sentence for each package whose licence is refused or unknown."""
    wrong = []
    for name, licence in [*_python_packages(), *_npm_packages()]:
        if not licence:
            wrong.append(f"{name}: says nothing about its licence")
        elif REFUSED.search(LESSER.sub("", licence)):
            wrong.append(f"{name}: {licence}")
    return wrong


def _python_packages() -> list[tuple[str, str]]:
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    found = []
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE):
        try:
            found.append((name, _licence(distribution(name))))
        except PackageNotFoundError:
            continue  # a package of another platform
    return found


def _licence(package: Distribution) -> str:
    """What a package says of itself: the expression, else the classifiers, else the first line of free text."""
    about = package.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classified = [
        line.split("::")[-1].strip() for line in about.get_all("Classifier") or [] if line.startswith("License")
    ]
    named = [line for line in classified if line != "OSI Approved"]
    free = (about.get("License") or "").strip().splitlines()
    return "; ".join(named) or (free[0] if free else "")


def _npm_packages() -> list[tuple[str, str]]:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    return [
        (f"npm {path.removeprefix('node_modules/')}", package.get("license", ""))
        for path, package in lock["packages"].items()
        if path
    ]


if __name__ == "__main__":
    for package, said in [*_python_packages(), *_npm_packages()]:
        print(f"{package:40} {said}")
    sys.exit(1 if problems() else 0)
