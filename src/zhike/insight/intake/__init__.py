"""Spreadsheets in, a snapshot out: reads files nobody prepared for us and says what it understood."""
