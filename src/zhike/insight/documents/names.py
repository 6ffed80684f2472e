"""File names of the contract: the same in both languages."""

SUMMARY = "summary.pdf"
MATRIX_BOOK = "value-matrix.xlsx"
MATRIX_PICTURE = "value-matrix.png"
CUSTOMERS = "customers.csv"
WARNINGS = "warning-list.xlsx"
STRATEGY = "strategy-table.xlsx"
REJECTED = "rejected.csv"
MANIFEST = "manifest.json"
ALL = (SUMMARY, MATRIX_BOOK, MATRIX_PICTURE, CUSTOMERS, WARNINGS, STRATEGY, REJECTED, MANIFEST)
