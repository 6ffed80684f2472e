"""Zhike 知客: an open customer-lifecycle platform."""

__version__ = "0.1.0"
