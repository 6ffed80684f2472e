"""Contracts."""

from zhike.win.models.contract import Contract

__all__ = ["Contract"]
