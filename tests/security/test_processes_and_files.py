"""What lies on the disk and lives in processes: who else on the server could read it."""

import os
import subprocess
import sys

import pytest
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


MAKE = """
import django
django.setup()
from django.conf import settings
from zhike.foundation.access.people import person_add
from zhike.foundation.kit import schema
from zhike.interfaces.cli.operate import secret_file
schema.bring_up_to_date()
person_add(username="wang", name="王", post_codes=["it_team"])
(settings.HOME / "snapshots").mkdir()
(settings.HOME / "snapshots" / "x.parquet").write_bytes(b"x")
"""


def run(home, script, **environment):
    """A process of its own, as an installation that is not a test would start it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ZHIKE_")}
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**kept, "ZHIKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "zhike.config.settings", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.requirement("SEC-07", proof="rule")
def test_nothing_that_is_kept_can_be_read_by_another_account(tmp_path):
    """Database, snapshots, keys and links are of the service's account alone, whatever its umask was."""
    home = tmp_path / "home"

    done = run(home, MAKE, ZHIKE_ENV="dev")

    assert done.returncode == 0, done.stderr
    found = list(home.rglob("*"))
    assert {"zhike.sqlite3", "secret", "x.parquet"} <= {path.name for path in found}
    open_to_others = [str(path) for path in found if path.stat().st_mode & 0o077]
    assert not open_to_others


def test_the_clock_is_not_moved_outside_tests(tmp_path):
    for environment in ("dev", "prod"):
        done = run(tmp_path, "import zhike.config.settings", ZHIKE_ENV=environment, ZHIKE_CLOCK_FILE="/dev/null")

        assert done.returncode != 0
        assert "ZHIKE_CLOCK_FILE" in done.stderr


def test_an_installation_answers_to_its_own_names_alone(tmp_path):
    show = "import zhike.config.settings as s; print(','.join(s.ALLOWED_HOSTS), s.DEBUG, s.SESSION_COOKIE_SECURE)"

    done = run(tmp_path, show, ZHIKE_ENV="prod")

    assert done.stdout.split() == ["localhost,127.0.0.1,[::1]", "False", "True"]


def test_no_one_time_link_stands_in_the_log(tmp_path):
    script = """
import django, logging
django.setup()
logging.getLogger("django.request").warning("%s: %s", "Gone", "/accounts/link/SECRET:abc/")
logging.getLogger("zhike.x").error("refused /accounts/link/SECRET:abc/ again")
"""
    done = run(tmp_path, script, ZHIKE_ENV="prod")

    assert done.stderr.count("/accounts/link/…") == 2
    assert "SECRET" not in done.stderr


def test_behind_a_proxy_with_tls_browsers_can_write(tmp_path):
    script = "import zhike.config.settings as s; print(*s.CSRF_TRUSTED_ORIGINS, sep=',')"

    done = run(tmp_path, script, ZHIKE_ENV="prod", ZHIKE_HOSTS="crm.example.com,.example.org")

    assert done.stdout.strip() == "https://crm.example.com,https://*.example.org"


def test_the_log_is_exported_for_its_owner_alone(office, tmp_path):
    """With its signed head, personal values as ciphertext, and a line that it was taken out."""
    from click.testing import CliRunner

    from zhike.foundation.audit.models import Entry
    from zhike.foundation.audit.sealing import seal
    from zhike.interfaces.cli.trust_commands import audit

    office.human("seller one", name="欧阳静宜", phone="13812349876")
    seal()
    path = tmp_path / "log.jsonl"

    done = CliRunner().invoke(audit, ["export", str(path)])

    assert done.exit_code == 0, done.output
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert "customer.create" in text
    assert "13812349876" not in text
    assert Entry.objects.filter(action="audit.export", is_system=True).exists()
