"""Tables of the acquire room."""

from zhike.acquire.models.form_entry import FormEntry
from zhike.acquire.models.lead import Claim, Lead

__all__ = ["Claim", "FormEntry", "Lead"]
