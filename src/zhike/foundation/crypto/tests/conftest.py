"""A key folder of its own for each test: keys, markers and the list of erased persons start empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhike.foundation.crypto import fingerprints, keys


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.KEY_DIR = tmp_path / "keys"
    keys.forget()
    fingerprints.forget()
    yield tmp_path / "keys"
    keys.forget()
    fingerprints.forget()
