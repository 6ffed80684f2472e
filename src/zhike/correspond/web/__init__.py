"""Pages of correspondence that are more than records."""
