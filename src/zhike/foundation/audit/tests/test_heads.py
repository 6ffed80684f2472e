"""The head outside the database, written by several at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from zhike.foundation.audit import heads

HEAD = heads.Head(7, "ab" * 32, dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC))


def test_two_who_look_at_the_audit_page_at_once_do_not_take_the_file_from_each_other() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: heads.write(HEAD, "verified"), range(200)))

    assert sorted(path.name for path in heads.folder().glob("verified*")) == ["verified.json"]
