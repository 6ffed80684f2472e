"""Small pure tools: clock, identifiers, money, refusals, masking."""
