"""An index that an older build wrote: it is written anew while the application runs, and the pages say so meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from zhike.customers.models import Customer
from zhike.customers.services import indexing
from zhike.customers.services.customer import customer_delete, customer_update
from zhike.customers.tests.office import Office, opened
from zhike.foundation import jobs, search
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.search import jobs as search_jobs
from zhike.foundation.search import version
from zhike.foundation.search.models import SearchDocument, SearchIndex

PIECE = 5
COUNT = 23
# Stops for ever inside the third piece, before it is committed.
REBUILD_AND_HANG = """
import threading
from zhike.customers.services import indexing
from zhike.foundation.search import version
written = []
def hang(after, size):
    last = indexing.index_again(after, size)
    written.append(last)
    if len(written) == 3:
        open({trace!r}, "w").close()
        threading.Event().wait()
    return last
version._SOURCES["customer"] = hang
version.rebuild(lambda share: None, size=5)
"""


@pytest.fixture(autouse=True)
def _forget() -> Any:
    version.forget()
    yield
    version.forget()


def an_old_index(office: Office, count: int = COUNT) -> list[Customer]:
    """Files whose documents are in a form that nobody can read any more."""
    firms = [office.firm("seller one", f"岚山第{n}精密厂") for n in range(count)]
    SearchDocument.objects.update(grams=["old"])
    SearchIndex.objects.update_or_create(pk=1, defaults={"form": version.FORM - 1, "target": 0})
    version.forget()
    return firms


def found(words: str) -> set[int]:
    return set(search.candidates("customer", words).ids or ())


@pytest.mark.django_db
def test_a_new_installation_has_an_index_in_form(office: Office) -> None:
    assert search.standing().is_current
    office.firm("seller one", "岚山精密厂")

    search_jobs.look()

    assert search.note() == ""
    assert not JobRun.objects.filter(job=search_jobs.JOB).exists()


@pytest.mark.requirement("DATA-01", proof="user")
@pytest.mark.django_db
def test_pages_say_that_search_is_being_rebuilt_until_it_is_and_then_find_everything() -> None:
    office = opened()
    firms = an_old_index(office)
    browser = signed_in(staff("management", language="en"))
    assert "岚山第3精密厂" not in text_of(browser.get("/customers/?q=岚山第3"))

    for address in ("/customers/?q=岚山", "/search/?q=岚山"):
        page = text_of(browser.get(address))
        assert "search index is being rebuilt: 0% done" in page, address
    assert "being rebuilt" in browser.get("/api/v1/customers?q=岚山").json()["search"]
    assert "search index" not in text_of(browser.get("/customers/"))  # a list without words is right as it is
    ready = browser.get("/readyz").json()["checks"]["search"]
    assert ready == "ok: the search index is being rebuilt, 0%"

    search_jobs.look()
    search_jobs.look()  # asks once
    assert JobRun.objects.filter(job=search_jobs.JOB).count() == 1
    jobs.run_due()

    assert JobRun.objects.get(job=search_jobs.JOB).result == {"records": COUNT}
    assert found("岚山") == {firm.pk for firm in firms}
    page = text_of(browser.get("/customers/?q=岚山第3"))
    assert "being rebuilt" not in page
    assert "岚山第3精密厂" in page


@pytest.mark.django_db
def test_what_is_written_during_a_rebuild_is_found_at_once_and_what_is_deleted_stays_away(office: Office) -> None:
    firms = an_old_index(office)
    viewer = office.viewer("seller one")
    customer_update(viewer=viewer, uid=firms[20].uid, version=1, name="滨江新厂")
    customer_delete(viewer=viewer, uid=firms[2].uid)

    assert found("滨江") == {firms[20].pk}
    version.rebuild(lambda _share: None, size=PIECE)

    assert found("滨江") == {firms[20].pk}
    assert found("岚山") == {firm.pk for firm in firms} - {firms[20].pk, firms[2].pk}


@pytest.mark.django_db
def test_an_index_of_a_newer_build_is_left_alone_and_named(office: Office) -> None:
    office.firm("seller one", "岚山精密厂")
    SearchIndex.objects.update_or_create(pk=1, defaults={"form": version.FORM + 1})
    version.forget()

    search_jobs.look()

    assert not JobRun.objects.filter(job=search_jobs.JOB).exists()
    assert version.rebuild(lambda _share: None) == 0
    assert search.standing().is_newer
    checks = signed_in(None).get("/readyz").json()["checks"]
    assert "newer version" in checks["search"]
    assert "newer" in search.note() or "更新" in search.note()


@pytest.mark.django_db
def test_progress_is_told_and_a_rebuild_to_another_form_begins_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_old_index(office)
    shares: list[float] = []

    version.rebuild(shares.append, size=PIECE)

    assert shares == sorted(shares)
    assert 0 < shares[0] < 1
    monkeypatch.setattr(version, "FORM", version.FORM + 1)
    version.forget()
    assert not search.standing().is_current
    assert version.rebuild(lambda _share: None, size=PIECE) == COUNT
    assert search.standing().is_current


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_killed_inside_a_piece_goes_on_where_it_was(tmp_path: Any) -> None:
    firms = an_old_index(opened())
    trace = tmp_path / "hanging"
    process = spawn(REBUILD_AND_HANG.format(trace=str(trace)))
    try:
        wait_for(trace.exists, process=process, seconds=120)
    finally:
        end(process)
    row = SearchIndex.objects.get(pk=1)
    assert (row.form, row.done) == (version.FORM - 1, 2 * PIECE)
    assert found("岚山") == {firm.pk for firm in firms[: 2 * PIECE]}
    version.forget()
    assert "43%" in search.note()  # 10 of 23

    written = version.rebuild(lambda _share: None, size=PIECE)

    assert written == COUNT - 2 * PIECE
    assert found("岚山") == {firm.pk for firm in firms}
    assert search.standing().is_current


@pytest.mark.django_db(transaction=True)
def test_a_change_made_while_a_piece_is_written_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    office = opened()
    firms = an_old_index(office, 3)
    viewer = office.viewer("seller one")
    faults: list[BaseException] = []

    def change() -> None:
        try:
            customer_update(viewer=viewer, uid=firms[1].uid, version=1, name="滨江新厂")
        except BaseException as fault:  # noqa: BLE001 - a fault of a thread has to reach the test
            faults.append(fault)
        finally:
            connections.close_all()

    changing = threading.Thread(target=change)
    documents = indexing._documents

    def read_then_wait(chosen: list[Customer]) -> Any:
        read = documents(chosen)
        if threading.current_thread() is threading.main_thread():
            changing.start()
            changing.join(1)  # a change that does not wait for the piece is through by now
        return read

    monkeypatch.setattr(indexing, "_documents", read_then_wait)
    version.rebuild(lambda _share: None)
    changing.join(60)

    assert faults == []
    assert found("滨江") == {firms[1].pk}
    assert found("岚山") == {firms[0].pk, firms[2].pk}


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_rebuild_at_once_write_everything_once() -> None:
    firms = an_old_index(opened())
    code = """
import sys
from zhike.foundation.search import version
print(version.rebuild(lambda share: None, size=2), file=sys.stderr)
"""
    workers = [spawn(code) for _ in range(2)]

    written = []
    for worker in workers:
        _out, said = worker.communicate(timeout=60)
        assert worker.returncode == 0, said.decode()
        written.append(int(said.decode().split()[-1]))
    assert sum(written) == COUNT
    assert found("岚山") == {firm.pk for firm in firms}
