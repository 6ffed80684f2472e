"""From a snapshot to measures: datasets in DuckDB, decisions over arrays, no Django and no database."""
