"""Debian's Chromium for pytest-playwright; nothing is downloaded."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    # Chromium refuses its sandbox as root, and CI is root.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The path of a Chromium, or None: ``ZHIKE_CHROMIUM``, else the usual names on PATH."""
    given = os.environ.get("ZHIKE_CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    return next((found for name in CANDIDATES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where no Chromium is; in CI let them fail instead."""
    if chromium() is not None or os.environ.get("CI") == "true":
        return
    absent = pytest.mark.skip(reason="no Chromium: set ZHIKE_CHROMIUM or install the package chromium")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the installed Chromium, without sandbox and without calling home."""
    found = chromium()
    if found is None:
        pytest.fail("no Chromium: set ZHIKE_CHROMIUM or install the package chromium")
    return {**browser_type_launch_args, "executable_path": found, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Chinese first, Shanghai time: what most people who use the product see."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
