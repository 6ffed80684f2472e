"""Pages of retention that are more than records."""
