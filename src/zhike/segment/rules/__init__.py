"""Decisions of segmentation as pure, vectorised functions: the decision and its reason."""
