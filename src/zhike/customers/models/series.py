"""Running numbers for customer files."""

from __future__ import annotations

from django.db import connection, models


class NumberSeries(models.Model):
    """The next free number of a series; taken in blocks, one statement each."""

    name = models.CharField(max_length=20, primary_key=True)
    next = models.BigIntegerField(default=1)


def take(series: str, count: int = 1) -> range:
    """Reserve ``count`` numbers inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_numberseries (name, next) VALUES (%s, 1 + %s) "
            "ON CONFLICT (name) DO UPDATE SET next = customers_numberseries.next + %s RETURNING next",
            [series, count, count],
        )
        after = cursor.fetchone()[0]
    return range(after - count, after)
