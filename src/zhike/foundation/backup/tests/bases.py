"""A base of its own, with people and an entry in the log, that may be replaced as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests.plumbing.databases import _point_at
from zhike.foundation import audit
from zhike.foundation.access.people import person_add
from zhike.foundation.access.viewer import system
from zhike.foundation.crypto import fingerprints, keys


@pytest.fixture
def base(database_template: Any, django_db_blocker: Any, settings: Any, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """An installation in ``home`` that the settings name; ``other(name)`` turns to an empty database beside it."""
    settings.HOME, settings.KEY_DIR = tmp_path / "home", tmp_path / "keys"
    before, copies = connection.settings_dict["NAME"], []

    def forget() -> None:
        keys.forget()
        fingerprints.forget()

    def other(home: Path) -> None:
        settings.HOME = home
        copy = database_template.copy(f"zhike_run_{len(copies)}b_{os.getpid()}")
        copies.append(copy)
        _point_at(copy.__enter__())
        forget()

    with django_db_blocker.unblock():
        other(settings.HOME)
        (settings.HOME / "files" / "a").mkdir(parents=True)
        (settings.HOME / "files" / "a" / "合同.pdf").write_bytes(b"%PDF" + os.urandom(3_000_000))
        person_add(username="wang", name="王", post_codes=["it_team"])
        audit.record(system("test"), "backup.made", kind="backup", reason="something to seal")
        audit.seal()
        yield SimpleNamespace(home=settings.HOME, other=other, name=connection.settings_dict["NAME"], tmp=tmp_path)
        connection.close()
        _point_at(before)
        for copy in copies:
            copy.__exit__(None, None, None)
    forget()
