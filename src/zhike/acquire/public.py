"""The door of the acquire room."""

from zhike.acquire.services.load import LeadRow, leads_load
from zhike.acquire.services.taking import lead_take

__all__ = ["LeadRow", "lead_take", "leads_load"]
