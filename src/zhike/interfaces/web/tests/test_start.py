"""The first day: whoever has the console sets the installation up, on a page or by command, and nobody else."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.customers.tests.office import opened
from zhike.foundation import policies
from zhike.foundation.access import directory
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import posts_held
from zhike.foundation.audit.models import Entry
from zhike.foundation.backup.models import Backup
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.cli import operate
from zhike.interfaces.cli.init_command import init
from zhike.interfaces.web import founding
from zhike.interfaces.web.chart_files import Branch, Unreadable, from_file, from_text

pytestmark = pytest.mark.django_db
SAID = {
    "company": "岚山精密", "language": "en", "template": "saas", "name": "陈敏", "username": "chenmin",
    "departments": "销售中心\n  销售一部\n客户成功部",
}  # fmt: skip


def test_the_link_of_the_console_sets_up_and_signs_in_and_then_is_closed() -> None:
    client, link = Client(), founding.link()
    assert "Set up Zhike" in text_of(client.get(link, headers={"Accept-Language": "en"}))

    answer = client.post(link, SAID)

    assert answer.status_code == 302, text_of(answer)
    person = Person.objects.get()
    assert (person.username, person.language, posts_held(person, clock.today())) == (
        "chenmin", "en", ["it_team", "management"],
    )  # fmt: skip
    assert [(b.name, b.depth) for b in directory.chart()] == [
        ("岚山精密", 0), ("销售中心", 1), ("销售一部", 2), ("客户成功部", 1),
    ]  # fmt: skip
    assert policies.current().template == "saas"
    assert directory.enterprise() == "岚山精密"
    assert client.get("/").headers["Location"].startswith("/accounts/password/change/"), "a password comes first"
    new = {"password1": "eine lange Reise 7", "password2": "eine lange Reise 7"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert "What to do next" in text_of(client.get("/"))
    assert Client().get(link).status_code == 404
    assert Client().post(link, {**SAID, "username": "thief"}).status_code == 404
    assert Person.objects.count() == 1
    assert Entry.objects.filter(action="person.add", is_system=True, address="127.0.0.1").exists()


@pytest.mark.parametrize("token", ["x", "", "old"])
def test_without_a_good_link_there_is_nothing(token: str, monkeypatch: Any) -> None:
    if token == "old":
        now = time.time()
        with monkeypatch.context() as then:
            then.setattr(signing.time, "time", lambda: now - founding.LINK_SECONDS - 60)
            address = founding.link()
    else:
        address = f"/start/{token}/"

    assert Client().get(address).status_code == 404
    assert Client().post(address, SAID).status_code == 404
    assert not Person.objects.exists()


def test_the_sign_in_page_says_where_the_link_is_only_while_nobody_works_here() -> None:
    english = {"Accept-Language": "en"}
    assert "finds a link for the first set-up" in text_of(Client().get("/accounts/login/", headers=english))
    staff("legal")
    assert "finds a link for the first set-up" not in text_of(Client().get("/accounts/login/", headers=english))


def test_what_is_missing_or_wrong_is_said_and_nothing_is_set_up() -> None:
    link = founding.link()
    english = {"Accept-Language": "en"}
    missing = Client().post(link, {**SAID, "company": ""}, headers=english)
    assert missing.status_code == 422
    deep = Client().post(link, {**SAID, "departments": "a / b / c / d"}, headers=english)
    assert "three levels deep" in text_of(deep)
    circle = SimpleUploadedFile("chart.csv", "部门,上级\n甲,乙\n乙,甲\n".encode("gb18030"))
    assert "stands below itself" in text_of(Client().post(link, {**SAID, "file": circle}, headers=english))

    assert not Person.objects.exists()
    assert not Department.objects.exists()


def test_departments_come_from_a_spreadsheet() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([("部门名称", "上级部门"), ("销售一部", "销售中心"), ("客服部", "")]):
            sheet.write_row(row, 0, cells)

    assert from_file("chart.xlsx", content.getvalue()) == [
        Branch("销售中心"), Branch("销售一部", "销售中心"), Branch("客服部"),
    ]  # fmt: skip
    upload = SimpleUploadedFile("chart.xlsx", content.getvalue())
    assert Client().post(founding.link(), {**SAID, "departments": "", "file": upload}).status_code == 302
    assert [b.name for b in directory.chart()] == ["岚山精密", "销售中心", "销售一部", "客服部"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales\n\tNorth\n\t\tBeijing\nService", ["Sales", "North<Sales", "Beijing<North", "Service"]),
        ("Sales / North\nSales / South", ["Sales", "North<Sales", "South<Sales"]),
        ("销售／一部\n\n", ["销售", "一部<销售"]),
        ("", []),
    ],
)
def test_lines_become_a_chart(text: str, expected: list[str]) -> None:
    assert [b.name + (f"<{b.parent}" if b.parent else "") for b in from_text(text)] == expected


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", b"PK no"), ("a.csv", b""), ("a.csv", b"\xff\xff\xff")])
def test_files_that_are_no_chart_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(Unreadable):
        from_file(name, content)


def test_the_command_does_the_same_and_refuses_a_second_time(tmp_path: Any, monkeypatch: Any) -> None:
    chart = tmp_path / "chart.csv"
    chart.write_text("department,parent\nNorth,Sales\n", encoding="utf-8")
    monkeypatch.setattr("zhike.interfaces.cli.init_command.migrate_now", lambda **_: None)
    options = ["--company", "岚山精密", "--username", "chenmin", "--name", "陈敏", "--language", "zh", "--json"]

    asks = CliRunner().invoke(init, ["--json", "--username", "x"])
    assert asks.exit_code == 2
    done = CliRunner().invoke(init, [*options, "--departments", str(chart)])
    again = CliRunner().invoke(init, options)

    assert done.exit_code == 0, done.output
    assert again.exit_code == 4
    link = re.search(r"http://localhost:\d+(/accounts/link/[^\"]+)", done.stdout)
    assert link
    assert Client().post(link[1]).status_code == 302
    assert [b.name for b in directory.chart()] == ["岚山精密", "Sales", "North"]


def test_the_console_asks_for_what_no_option_says(monkeypatch: Any) -> None:
    monkeypatch.setattr("zhike.interfaces.cli.init_command.migrate_now", lambda **_: None)

    done = CliRunner().invoke(init, [], input="retail\n岚山精密\nen\nadmin\n陈敏\n")

    assert done.exit_code == 0, done.output
    assert policies.current().template == "retail"
    assert Person.objects.get().username == "admin"
    assert "keep a copy of that folder" in done.output


def test_serving_prints_the_way_in_only_while_nobody_works_here(capsys: Any) -> None:
    operate._prepare_first_day(8000)
    printed = capsys.readouterr().out.strip()
    assert printed.startswith("http://localhost:8000/start/")
    assert Client().get(printed.removeprefix("http://localhost:8000")).status_code == 200

    staff("legal")
    operate._prepare_first_day(8000)
    assert capsys.readouterr().out == ""


def test_the_steps_of_the_first_days_tick_themselves() -> None:
    founding.found(founding.Founding("岚山精密", "chenmin", "陈敏", "en"))
    first = Person.objects.get()
    Person.objects.update(must_change_password=False)
    client = signed_in(first)

    before = text_of(client.get("/"))
    assert "Set up the departments" in before
    assert "Invite your colleagues" in before
    assert before.count('aria-current="step"') == 1
    office = opened()
    Person.objects.update(must_change_password=False)
    after = text_of(client.get("/"))
    assert '<a href="/organisation/">Set up the departments' not in after
    assert '<a href="/people/new/">' not in after
    assert '<a href="/imports/new/?type=customers">Bring in your customers' in after
    office.firm("seller one", "岚山")
    assert '<a href="/imports/new/?type=customers">Bring in your customers' not in text_of(client.get("/"))
    Backup.objects.create(name="a", digest="", version="1")
    assert '<a href="/system/">Make the first backup' not in text_of(client.get("/"))
    assert "What to do next" not in text_of(signed_in(staff("sales_specialist", language="en")).get("/"))
