"""The numbers of lists and exports."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("records", "lists")
class ListPolicy:
    """How much a list shows and counts at once."""

    page_rows: int = number(unit="rows", minimum=10, maximum=200)
    pages_max: int = number(unit="count", minimum=100, maximum=100_000)
    count_exact_to: int = number(unit="rows", minimum=100, maximum=1_000_000)
    count_kept_seconds: int = number(unit="seconds", minimum=0, maximum=300)
    api_rows_max: int = number(unit="rows", minimum=50, maximum=1_000)
    bulk_rows_max: int = number(unit="rows", minimum=1, maximum=10_000)
    bulk_found_max: int = number(unit="rows", minimum=1, maximum=100_000)
    bulk_at_once: int = number(unit="rows", minimum=0, maximum=500)
    bulk_tried_rows: int = number(unit="rows", minimum=1, maximum=500)


@policy("records", "undo")
class UndoPolicy:
    """For how long one's own change can be taken back."""

    minutes: int = number(unit="minutes", minimum=1, maximum=60)


@policy("records", "sharing")
class SharingPolicy:
    """For how long one record may be open to others."""

    longest_days: int = number(unit="days", minimum=1, maximum=366)


@policy("records", "custom_fields")
class CustomFieldPolicy:
    """How many fields an enterprise adds to a kind of records, and from when on lists need an index to ask for one."""

    fields_max: int = number(unit="count", minimum=1, maximum=200)
    unindexed_rows_max: int = number(unit="rows", minimum=0, maximum=1_000_000)


@policy("records", "tags")
class TagPolicy:
    """How many tags there may be, and how many a record carries."""

    in_use_max: int = number(unit="count", minimum=1, maximum=1_000)
    per_record_max: int = number(unit="count", minimum=1, maximum=50)


@policy("records", "exports")
class ExportPolicy:
    """How much one export may hold."""

    rows_max: int = number(unit="rows", minimum=100, maximum=1_000_000)
