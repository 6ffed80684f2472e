"""A home and keys of its own for each test, and the actors that write the log."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zhike.foundation import audit
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.viewer import Reach, Viewer, union
from zhike.foundation.crypto import fingerprints, keys


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.HOME, settings.KEY_DIR = tmp_path, tmp_path / "keys"
    keys.forget()
    fingerprints.forget()
    yield tmp_path
    keys.forget()
    fingerprints.forget()


@pytest.fixture
def seal(django_capture_on_commit_callbacks: Any) -> Callable[[], int]:
    """The sealer with its commits: the head follows on commit, and a test's transaction never commits."""

    def run() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return audit.seal()

    return run


def holder(post: str, person_id: int = 7, name: str = "周敏") -> Viewer:
    """A viewer who holds one post of the matrix as shipped."""
    return Viewer(
        person_id=person_id,
        name=name,
        posts=frozenset({post}),
        levels=union([posts()[post]]),
        reach=Reach(owner_ids=frozenset({person_id})),
        address="10.0.0.8",
    )


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until ``condition`` holds; a failure says that it never did."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"process {os.getpid()} waited {seconds} s in vain"
        time.sleep(0.02)
