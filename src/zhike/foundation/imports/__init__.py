"""Files of records come in: looked at, tried out, written in pieces, checked against the base, and taken back."""
