"""The sample company: believable Chinese business data, the same on every machine, with the truth behind it."""
