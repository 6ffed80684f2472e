"""How warnings, retention cases and falls of health are listed, shown and acted on."""

from zhike.retain.records.cases import CASES
from zhike.retain.records.falls import FALLS
from zhike.retain.records.warnings import WARNINGS

__all__ = ["CASES", "FALLS", "WARNINGS"]
