"""The way of a person: from the list to the file, the mapping, the dry run, the report, and back."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation import jobs
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.imports.models import Import, State
from zhike.foundation.records.testing.browser import signed_in, text_of

pytestmark = pytest.mark.django_db
FILE = (
    "客户编号,客户名称,客户类型,手机号,合作开始日期\n"
    "A1,杭州甲机械厂,企业,,3/4/2019\nA2,欧阳静宜,个人,13800138000,15/4/2019\nA3,宁波乙厂,外星人,,\n"
)


@pytest.fixture
def office(db: None) -> Office:
    return opened()


def client_of(office: Office, name: str) -> Client:
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def uploaded(client: Client, content: str = FILE, code: str = "customers") -> str:
    file = SimpleUploadedFile("老系统.csv", content.encode("gb18030"), "text/csv")
    answer = client.post("/imports/new/", {"type": code, "file": file})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"]).removesuffix("map/")


def as_drawn(page: str) -> dict[str, str]:
    """What a browser would send of the mapping as it is proposed."""
    sent = dict.fromkeys(re.findall(r'<select [^>]*name="([^"]+)"', page), "")
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    return sent | {"on_match": "skip"}


@pytest.mark.requirement("PLAT-05", proof="user")
def test_it_moves_the_customers_of_the_old_system_and_can_take_them_back(office: Office) -> None:
    client = client_of(office, "it")
    where = uploaded(client)

    page = text_of(client.get(f"{where}map/"))
    assert "2019-04-03" in page  # the fifteenth says that the day comes first
    sent = as_drawn(page)
    assert [sent[f"column-{n}"] for n in range(5)] == ["number", "name", "kind", "phone", "cooperation_since"]
    assert client.post(f"{where}map/", sent).status_code == 302
    assert "progress" in text_of(client.get(where))
    jobs.run_due()

    page = text_of(client.get(where))
    assert "3 行" in page or "3" in page
    assert "外星人" in page
    assert not Customer.objects.exists()
    rejects = b"".join(client.get(f"{where}rejected.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert rejects.splitlines()[1].startswith("A3,宁波乙厂,外星人")

    assert client.post(f"{where}do/run/").status_code == 302
    jobs.run_due()
    page = text_of(client.get(where))
    made = Import.objects.get()
    assert made.report["file"] in page
    assert Customer.objects.count() == 2
    file = io.BytesIO(b"".join(client.get(f"{where}report.xlsx").streaming_content))  # type: ignore[attr-defined]
    sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    cells = {str(cell) for row in sheet.to_python() for cell in row}
    assert {made.sha256, made.report["base"], "老系统.csv"} <= cells
    assert client.get("/customers/").status_code == 403, "IT moves the data and does not look into it"

    assert client.post(f"{where}do/revert/").status_code == 302
    jobs.run_due()
    made.refresh_from_db()
    assert made.state == State.REVERTED
    assert not Customer.objects.filter(deleted_at=None).exists()
    noted = list(Entry.objects.filter(kind="import").order_by("pk").values_list("action", flat=True))
    assert noted == ["import.stage", "import.download", "import.run", "import.download", "import.revert"]


def test_a_seller_finds_the_button_on_the_list_and_a_reader_does_not(office: Office) -> None:
    assert "/imports/new/?type=customers" in text_of(client_of(office, "seller one").get("/customers/"))
    assert "/imports/new/" not in text_of(client_of(office, "data").get("/customers/"))
    assert client_of(office, "data").get("/imports/new/?type=customers").status_code == 403


def test_what_is_missing_is_asked_for_on_the_page(office: Office) -> None:
    client = client_of(office, "seller one")
    where = uploaded(client, "公司名称,电话\n杭州甲厂,\n")
    sent = as_drawn(text_of(client.get(f"{where}map/")))

    answer = client.post(f"{where}map/", sent | {"constant-kind": ""})
    assert answer.status_code == 422
    assert "类型" in text_of(answer)

    assert client.post(f"{where}map/", sent | {"constant-kind": "firm"}).status_code == 302


def test_a_file_that_is_no_table_is_refused_on_the_page(office: Office) -> None:
    client = client_of(office, "seller one")

    answer = client.post("/imports/new/", {"type": "customers", "file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 ...")})

    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_rows_of_a_colleague_are_not_shown_to_it(office: Office) -> None:
    where = uploaded(client_of(office, "seller one"))
    it = client_of(office, "it")

    assert "老系统" not in text_of(it.get("/imports/"))
    assert it.get(f"{where}rejected.csv").status_code == 404
    assert client_of(office, "seller two").get(where).status_code == 404


def test_a_program_brings_a_file_in_by_the_same_steps(office: Office) -> None:
    client = client_of(office, "seller one")
    file = SimpleUploadedFile("a.csv", FILE.encode(), "text/csv")

    made = client.post("/api/v1/imports?type=customers", {"file": file})
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["proposed"]["客户名称"] == "name"
    one = f"/api/v1/imports/{body['uid']}"
    asked = {"columns": body["proposed"], "key": "number"}
    assert client.post(f"{one}/check", asked, content_type="application/json").status_code == 200
    jobs.run_due()
    assert client.get(one).json()["counts"]["new"] == 2
    assert client.post(f"{one}/run").status_code == 200
    jobs.run_due()
    assert client.get(one).json()["report"]["agrees"] is True
    assert client.post(f"{one}/run").status_code == 409
    wrong = client.post(f"{one}/check", {"columns": {"没有": "name"}}, content_type="application/json")
    assert wrong.status_code == 422
