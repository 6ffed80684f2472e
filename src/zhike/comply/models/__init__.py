"""What customers were told, and what they allow."""

from zhike.comply.models.consent import Act, Consent, ConsentUse, How
from zhike.comply.models.text import Channel, ConsentText, Purpose

__all__ = ["Act", "Channel", "Consent", "ConsentText", "ConsentUse", "How", "Purpose"]
