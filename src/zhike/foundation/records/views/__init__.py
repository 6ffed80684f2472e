"""Pages of the kit: list, drawer and record page, forms, exports."""
