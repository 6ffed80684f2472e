"""IT sees how every part stands and what to do, runs again what failed, and machines read numbers without people."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from zhike.config.logs import JsonFile, JsonLine, WithoutLinks
from zhike.foundation import backup, jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.backup.models import Backup
from zhike.foundation.backup.policy import RhythmPolicy
from zhike.foundation.jobs import beats
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.kit import clock
from zhike.foundation.kit.ids import uid
from zhike.foundation.outbox.models import Delivery, DeliveryState, EventRow
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.ui import system as ui_system
from zhike.foundation.ui.system import Found

pytestmark = pytest.mark.django_db


@pytest.fixture
def it() -> Client:
    return signed_in(staff("it_team", language="en"))


def parked() -> Delivery:
    row = EventRow.objects.create(
        uid=uid(), name="customers.CustomerCreated", key="7", payload={}, origin="live", at=clock.now()
    )
    return Delivery.objects.create(
        event=row, subscriber="grow.greet", key="7", state=DeliveryState.PARKED, tries=5,
        error="IntegrityError: Key (phone)=(13800001234) is there already",
    )  # fmt: skip


def failed() -> JobRun:
    return JobRun.objects.create(
        job="foundation.prune", slot="asked:x", lane="foundation.prune", state=RunState.FAILED, tries=3,
        error="ValueError: 王小明", finished_at=clock.now(),
    )  # fmt: skip


def test_the_page_says_what_is_wrong_and_what_to_do(it: Client) -> None:
    page = text_of(it.get("/system/"))

    assert "No worker gives a sign of life." in page
    assert "zhike worker" in page
    assert "There is no backup yet." in page
    assert page.index("No worker gives") < page.index("There is no backup yet.") < page.index("Zhike ")
    beats.beat("host:1:abc")
    assert "1 worker is alive." in text_of(it.get("/system/"))


def test_a_part_that_cannot_be_read_is_told_like_the_others(it: Client, monkeypatch: Any) -> None:
    def look() -> Found:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM a_table_of_tomorrow")
        return Found("")

    monkeypatch.setitem(ui_system._PARTS, "later", ui_system.Part("later", "Later", look, 1, {}))

    page = text_of(it.get("/system/"))

    assert "It cannot be read" in page
    assert "zhike check" in page
    assert 'zhike_part_state{part="later"} 2' in text_of(Client().get("/metrics"))


def test_a_late_backup_and_a_failed_drill_are_told(it: Client) -> None:
    hours = load_defaults().get(RhythmPolicy).backup_hours
    row = Backup.objects.create(name="a.zhb", digest="", version="1", size_bytes=2_000_000)
    assert "None was proved by a drill" in text_of(it.get("/system/"))
    row.drilled_at, row.drill_problem = clock.now(), "different counts in access_person"
    row.save()
    assert "The last drill failed: different counts in access_person." in text_of(it.get("/system/"))

    row.made_at = clock.now() - dt.timedelta(hours=hours + 1)
    row.save()

    assert "timer of «zhike backup»" in text_of(it.get("/system/"))
    assert backup.standing().is_late


def test_it_delivers_parked_events_again(it: Client) -> None:
    delivery = parked()
    page = text_of(it.get("/system/"))
    assert "customers.CustomerCreated" in page
    assert "IntegrityError" in page
    assert "13800001234" not in page

    after = it.post("/system/replay/", {"delivery": [delivery.pk, "x"]}, follow=True)

    assert "1 event is delivered again." in text_of(after)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 0)
    assert Entry.objects.filter(action="outbox.replay").exists()


def test_it_runs_a_failed_job_again_once(it: Client) -> None:
    run = failed()
    page = text_of(it.get("/system/"))
    assert "Run again" in page
    assert "王小明" not in page
    address = f"/system/jobs/{run.uid}/again/"

    assert it.post(address).status_code == 302
    assert it.post(address).status_code == 409

    run.refresh_from_db()
    assert run.state == RunState.WAITING
    assert Entry.objects.filter(action="job.retry").exists()
    assert jobs.run_due() >= 1
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert "Run again" not in text_of(it.get("/system/"))


def test_others_see_or_see_not_as_the_settings_say() -> None:
    assert signed_in(staff("customer_manager")).get("/system/").status_code == 403
    looking = signed_in(staff("compliance_specialist"))
    failed()
    parked()
    page = looking.get("/system/")
    assert page.status_code == 200
    assert 'action="/system/replay/"' not in text_of(page) or "重新投递</button>" not in text_of(page)
    assert looking.post("/system/replay/").status_code == 403


def test_numbers_are_for_this_machine_or_for_the_token(settings: Any, tmp_path: Any) -> None:
    parked()
    client = Client()
    text = text_of(client.get("/metrics"))
    assert "zhike_outbox_parked 1" in text
    assert "# TYPE zhike_workers_alive gauge" in text
    for line in filter(None, text.splitlines()):
        assert line.startswith(("# HELP zhike_", "# TYPE zhike_", "zhike_")), line
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404

    settings.METRICS_TOKEN_FILE = str(tmp_path / "token")
    (tmp_path / "token").write_text("s3cret-token\n")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret-token"}).status_code == 200


def test_every_answer_and_error_page_bears_the_number_of_the_request(it: Client, settings: Any) -> None:
    first, second = it.get("/system/"), it.get("/nothing/here/")
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert second["X-Request-ID"] in text_of(second)
    assert it.get("/", headers={"X-Request-ID": "chosen-by-a-stranger"})["X-Request-ID"] != "chosen-by-a-stranger"
    settings.PROXIES = frozenset({"127.0.0.1"})
    assert it.get("/", headers={"X-Request-ID": "given-by-proxy-1"})["X-Request-ID"] == "given-by-proxy-1"
    assert it.get("/", headers={"X-Request-ID": "no\tgood id"})["X-Request-ID"] != "no\tgood id"


@pytest.fixture
def lines(tmp_path: Any) -> Any:
    path = tmp_path / "log" / "zhike.jsonl"
    handler = JsonFile(str(path), rotate_bytes=3_000, kept=2)
    handler.setFormatter(JsonLine())
    handler.addFilter(WithoutLinks())
    loggers = [logging.getLogger(name) for name in ("zhike.requests", "zhike.test", "django.request")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)
    handler.close()


def test_a_request_is_one_line_that_names_the_route_and_nobody(it: Client, lines: Any) -> None:
    answer = it.get("/search/?q=王小明13800001234")

    line = lines()[-1]
    assert (line["route"], line["status"], line["trace"]) == ("search/", answer.status_code, answer["X-Request-ID"])
    assert line["milliseconds"] > 0
    assert "138" not in json.dumps(lines(), ensure_ascii=False).replace(line["trace"], "").replace(line["at"], "")


def test_what_django_tells_of_a_missing_page_bears_the_same_number_and_not_the_address(it: Client, lines: Any) -> None:
    answer = it.get("/王小明/")

    told = [line for line in lines() if line["logger"] == "django.request"]
    assert [line["trace"] for line in told] == [answer["X-Request-ID"]]
    assert "王小明" not in json.dumps(lines(), ensure_ascii=False)


def test_a_fault_is_told_by_kind_and_place_without_its_words(lines: Any) -> None:
    log = logging.getLogger("zhike.test")
    try:
        raise ValueError("Key (phone)=(13800001234)")
    except ValueError:
        log.exception("something at /accounts/link/abc123/ failed")

    line = lines()[-1]
    assert line["fault"]["kind"] == "builtins.ValueError"
    assert "test_system.py" in line["fault"]["frames"][-1]
    assert "13800001234" not in json.dumps(line)
    assert "abc123" not in json.dumps(line)


def test_full_files_move_aside_and_no_process_loses_a_line(lines: Any, tmp_path: Any) -> None:
    connection.close()
    children = []
    for who in ("a", "b"):
        child = os.fork()
        if child == 0:
            log = logging.getLogger("zhike.test")
            for number in range(8):
                log.info("%s %d %s", who, number, "x" * 100)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)

    found = sorted((tmp_path / "log").glob("zhike.jsonl*"))
    assert len(found) == 2, "one full, one begun"
    told = [json.loads(line)["event"][:3] for path in found for line in path.read_text().splitlines()]
    assert sorted(told) == sorted(f"{who} {number}" for who in "ab" for number in range(8))


def test_only_who_may_edit_settings_runs_jobs_again() -> None:
    from zhike.foundation.jobs.runs import retry
    from zhike.foundation.kit.refusals import Forbidden, NotFound

    run = failed()
    from zhike.foundation.access.people import viewer_of

    with pytest.raises(Forbidden):
        retry(viewer_of(staff("sales_lead")), run.uid)
    with pytest.raises(NotFound):
        retry(system("test"), uid())
