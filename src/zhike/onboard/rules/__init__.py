"""Decisions of the onboard room, as pure functions."""
