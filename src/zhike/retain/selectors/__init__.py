"""Reads of the retain room, one file per subject. The first argument is the viewer."""
