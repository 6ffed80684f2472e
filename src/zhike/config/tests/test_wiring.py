import sys
from pathlib import Path

import pytest
from django.apps import apps

from zhike.config import wiring


def test_every_drawer_of_every_part_is_plugged_in() -> None:
    missing = []
    for config in apps.get_app_configs():
        if config.name.startswith("zhike."):
            for drawer in wiring.DRAWERS:
                files = [Path(config.path) / f"{drawer}.py", *(Path(config.path) / drawer).glob("*.py")]
                names = [_module(config.name, Path(config.path), file) for file in files if file.exists()]
                missing += [name for name in names if name not in sys.modules]

    assert not missing


def _module(package: str, folder: Path, file: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join([package, *parts]).removesuffix(".__init__")


def test_plugging_in_twice_changes_nothing() -> None:
    from zhike.foundation.jobs.registry import jobs
    from zhike.foundation.obligations.register import declared

    before = (jobs(), declared())
    wiring.wire()

    assert (jobs(), declared()) == before


def test_a_part_without_a_drawer_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(wiring._modules("zhike.config.no_such_drawer")) == []
