"""Deals and the contracts in which they end."""

from zhike.win.models.contract import ClausesVersion, Contract, Review
from zhike.win.models.opportunity import Opportunity

__all__ = ["ClausesVersion", "Contract", "Opportunity", "Review"]
