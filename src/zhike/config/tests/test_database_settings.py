"""``ZHIKE_DATABASE_URL`` becomes Django's settings."""

from pathlib import Path

import pytest

from zhike.config.database import database_settings


def test_postgresql_is_told_that_requests_are_many_and_small(tmp_path: Path) -> None:
    settings = database_settings("postgresql://zhike:p%40ss@db.example:5433/zhike", tmp_path)

    assert (settings["NAME"], settings["USER"], settings["PASSWORD"]) == ("zhike", "zhike", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["CONN_MAX_AGE"] is None
    assert "jit=off" in settings["OPTIONS"]["options"]


@pytest.mark.parametrize(("address", "options"), [("?options=", ""), ("?options=-c%20jit%3Don", "-c jit=on")])
def test_options_in_the_address_replace_ours(tmp_path: Path, address: str, options: str) -> None:
    settings = database_settings(f"postgresql://zhike@db.example/zhike{address}", tmp_path)

    assert settings["OPTIONS"]["options"] == options


def test_statements_are_kept_prepared_unless_a_pooler_is_between(tmp_path: Path) -> None:
    kept = database_settings("postgresql://zhike@db.example/zhike", tmp_path)["OPTIONS"]
    pooled = database_settings("postgresql://zhike@db.example/zhike?prepare=off", tmp_path)["OPTIONS"]

    assert kept["server_side_binding"] is True
    assert kept["prepare_threshold"] == 5
    assert set(pooled) == {"options"}


def test_without_an_address_the_database_is_a_file_at_home(tmp_path: Path) -> None:
    settings = database_settings("", tmp_path)

    assert settings["ENGINE"].endswith("sqlite3")
    assert settings["NAME"] == tmp_path / "zhike.sqlite3"


def test_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="mysql"):
        database_settings("mysql://zhike@db.example/zhike", tmp_path)
