"""How consents and notice texts are listed and shown."""

from zhike.comply.records.consent import CONSENTS, TEXTS

__all__ = ["CONSENTS", "TEXTS"]
