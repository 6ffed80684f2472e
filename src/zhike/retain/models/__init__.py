"""Churn warnings."""

from zhike.retain.models.warning import Warning

__all__ = ["Warning"]
