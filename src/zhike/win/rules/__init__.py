"""Decisions of the win room, as pure functions."""
