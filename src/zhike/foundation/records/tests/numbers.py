"""Numbers that stand in the policies for the length of a test, also below the bounds of the page."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from zhike.foundation.policies import load

_get = load.PolicySet.get


def let_be(monkeypatch: pytest.MonkeyPatch, policy: type, **values: int) -> None:
    """Answer questions for ``policy`` with the shipped values but for ``values``."""
    changed = dataclasses.replace(load.load_defaults().get(policy), **values)

    def get(self: load.PolicySet, asked: type) -> Any:
        return changed if asked is policy else _get(self, asked)

    monkeypatch.setattr(load.PolicySet, "get", get)
