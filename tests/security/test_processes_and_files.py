"""What lies on the disk and lives in processes: who else on the server could read it."""

from django.db import connections

from zhike.interfaces.cli import operate


def test_no_database_connection_is_carried_into_the_web_processes(monkeypatch, transactional_db):
    """The web server forks; two processes with one SQLite connection lose committed transactions."""
    carried = []
    monkeypatch.setattr(operate, "collect_static", lambda: None)
    monkeypatch.setattr(operate, "_granian", lambda *_: carried.extend(c.connection for c in connections.all()))
    connections["default"].ensure_connection()

    operate.run_server(host="127.0.0.1", port=0, processes=2, with_worker=False)

    assert carried == [None]
