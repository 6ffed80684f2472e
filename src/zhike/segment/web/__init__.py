"""The strategy table as a page, on paper and as a file."""
