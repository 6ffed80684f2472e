"""What a person chose for a list, and what it must never cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import connection

from zhike.foundation.records import preferences
from zhike.foundation.records.testing import signed_in, staff


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Another process holds the one place of a writer that SQLite has."""
    path = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite lets one writer in at a time")
def test_a_list_is_shown_also_when_a_preference_cannot_be_stored() -> None:
    client = signed_in(staff("sales_lead"))
    connection.ensure_connection()
    usual = connection.connection.execute("PRAGMA busy_timeout").fetchone()
    with somebody_writes():
        for address in ("/opportunities/?as=table", "/opportunities/?as=board", "/customers/"):
            assert client.get(address).status_code == 200

    assert connection.connection.execute("PRAGMA busy_timeout").fetchone() == usual
    assert not {"lists", "layouts"} & set(client.session.keys())


@pytest.mark.django_db
def test_the_layout_chosen_last_is_the_one_that_comes_back() -> None:
    client = signed_in(staff("sales_lead"))
    for chosen in ("table", "board", "table"):
        client.get(f"/opportunities/?as={chosen}")

        assert client.session["layouts"] == {"opportunities": chosen}
        assert client.get("/opportunities/").context["as"] == chosen


@pytest.mark.django_db
def test_a_session_that_ends_meanwhile_does_not_break_the_page() -> None:
    session = signed_in(staff("sales_lead")).session
    assert session["_auth_user_id"]
    type(session)(session.session_key).delete()

    preferences.remember(session, "layouts", {"opportunities": "board"})

    assert not session.modified
    assert not session.exists(session.session_key)
