"""Decisions of retention as pure, vectorised functions: signals, health, warning, risk, route."""
