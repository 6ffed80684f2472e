"""The pages of insight: the value matrix and the nights."""
