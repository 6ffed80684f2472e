"""The office with every post of the path from inquiry to "saved", and how a test reads the rows of its pages."""

from __future__ import annotations

import html
from typing import Any

from zhike.customers.tests.office import Office, opened
from zhike.serve.tests.conftest import with_service
from zhike.win.tests.deals import with_more_posts


def whole() -> Office:
    """Two sales departments, legal, delivery, success and service."""
    return with_more_posts(with_service(opened()))


def row_of(page: str, *words: Any) -> str:
    """The row of a table, or the item of a list, that holds all ``words`` in whatever case; empty where none does."""
    page = html.unescape(page)
    pieces = (piece for part in page.split("<tr") for piece in part.split("<li"))
    return next((piece for piece in pieces if all(str(word).lower() in piece.lower() for word in words)), "")
