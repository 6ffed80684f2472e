"""Reads of compliance, one file per subject."""
