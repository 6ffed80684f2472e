"""The language between rooms: frozen facts in the past tense, one module per room. Pure."""
