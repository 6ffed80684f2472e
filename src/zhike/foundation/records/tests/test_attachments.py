"""Attachments as people meet them: by the rights of the record, unreadable on disk, gone with the key."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.files import storing
from zhike.foundation.files.models import Attachment
from zhike.foundation.files.policy import AttachmentPolicy
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.tests.numbers import let_be

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"secret words of a contract " * 9000 + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


@pytest.fixture
def firm(manager: Person) -> Customer:
    return customer_create(viewer=viewer_of(manager), kind="firm", name="杭州岚山精密有限公司")


def attach(client: Client, row: Customer, content: bytes = PDF, name: str = "合同 王小明.pdf") -> Any:
    return client.post(f"/customers/{row.uid}/files/", {"file": SimpleUploadedFile(name, content)})


def everything_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_manager_attaches_a_contract_reads_it_back_and_the_log_knows(client: Client, firm: Customer) -> None:
    added = attach(client, firm)
    page = client.get(f"/customers/{firm.uid}/files/")
    made = Attachment.objects.get()
    saved = client.get(f"/customers/{firm.uid}/files/{made.uid}/")

    assert added.status_code == 302
    assert "合同 王小明.pdf" in text_of(page)
    assert b"".join(saved.streaming_content) == PDF
    assert saved["Content-Disposition"].startswith("attachment")
    assert (saved["X-Content-Type-Options"], saved["Cache-Control"]) == ("nosniff", "no-store")
    actions = Entry.objects.filter(kind="attachment").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["attachment.add", "attachment.open"]
    assert "王小明" not in "".join(Entry.objects.values_list("after", flat=True))


def test_neither_disk_nor_database_holds_the_words_or_the_name(client: Client, firm: Customer, tmp_path: Path) -> None:
    attach(client, firm)
    made = Attachment.objects.get()

    written = [path.read_bytes() for path in everything_below(tmp_path / "files")]

    assert len(written) == 1
    assert b"secret words" not in written[0]
    assert "王小明" not in f"{made.sealed}{made.media_type}"
    assert storing.path_of(made.uid).stat().st_mode & 0o077 == 0


def test_a_file_that_was_tampered_with_or_cut_off_does_not_open(client: Client, firm: Customer) -> None:
    for harm in (lambda b: b[:-1], lambda b: b[:70_000], lambda b: b[:100] + bytes([b[100] ^ 1]) + b[101:]):
        attach(client, firm)
        made = Attachment.objects.latest("id")
        path = storing.path_of(made.uid)
        path.write_bytes(harm(path.read_bytes()))

        with pytest.raises(Exception, match="piece"):
            b"".join(client.get(f"/customers/{firm.uid}/files/{made.uid}/").streaming_content)


def test_erasing_the_customer_takes_the_key(client: Client, manager: Person) -> None:
    person = customer_create(viewer=viewer_of(manager), kind="person", name="王小明", phone="13812345678")
    attach(client, person)
    made = Attachment.objects.get()

    vault.erase([person.uid])
    page = client.get(f"/customers/{person.uid}/files/")
    opened = client.get(f"/customers/{person.uid}/files/{made.uid}/")
    swept = storing.sweep(older_than_s=-60)

    assert "合同 王小明.pdf" not in text_of(page)
    assert opened.status_code == 410
    assert (swept, storing.path_of(made.uid).exists()) == (1, False)


def test_reach_and_posts_of_the_record_decide(client: Client, firm: Customer) -> None:
    attach(client, firm)
    made = Attachment.objects.get()
    addresses = (f"/customers/{firm.uid}/files/", f"/customers/{firm.uid}/files/{made.uid}/",
                 f"/api/v1/customers/{firm.uid}/files", f"/api/v1/customers/{firm.uid}/files/{made.uid}")  # fmt: skip
    stranger, technician = signed_in(staff("customer_manager")), signed_in(staff("it_team"))

    assert {stranger.get(address).status_code for address in addresses} == {404}
    assert {technician.get(address).status_code for address in addresses} == {403}
    assert attach(stranger, firm).status_code == 404
    assert attach(technician, firm).status_code == 403
    assert stranger.post(f"/customers/{firm.uid}/files/{made.uid}/remove/").status_code == 404
    assert {Client().get(address).status_code for address in addresses} == {302, 401}


def test_a_file_of_one_record_is_not_reached_through_another(client: Client, manager: Person, firm: Customer) -> None:
    attach(client, firm)
    made = Attachment.objects.get()
    other = customer_create(viewer=viewer_of(manager), kind="firm", name="宁波海曙精工有限公司")

    assert client.get(f"/customers/{other.uid}/files/{made.uid}/").status_code == 404


def test_what_is_removed_is_gone_at_once(
    client: Client, firm: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    attach(client, firm)
    made = Attachment.objects.get()
    asked = client.get(f"/customers/{firm.uid}/files/{made.uid}/remove/")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/customers/{firm.uid}/files/{made.uid}/remove/")

    assert "合同 王小明.pdf" in text_of(asked)
    assert client.get(f"/customers/{firm.uid}/files/{made.uid}/").status_code == 404
    assert not storing.path_of(made.uid).exists()
    assert Attachment.objects.get().sealed == ""


def test_a_program_adds_lists_reads_and_removes(client: Client, firm: Customer) -> None:
    address = f"/api/v1/customers/{firm.uid}/files"

    made = client.post(address, {"file": SimpleUploadedFile("注释.txt", "一行字".encode())})
    listed = client.get(address).json()["items"]
    read = client.get(made["Location"])
    missing = client.post(address, {})
    removed = client.delete(made["Location"])

    assert made.status_code == 201, text_of(made)
    assert [(one["name"], one["media_type"], one["size"]) for one in listed] == [("注释.txt", "text/plain", 9)]
    assert b"".join(read.streaming_content).decode() == "一行字"
    assert (missing.status_code, removed.status_code) == (422, 204)
    assert client.get(address).json() == {"items": []}


def test_a_file_that_a_program_sends_twice_with_one_key_is_attached_once(client: Client, firm: Customer) -> None:
    address, once = f"/api/v1/customers/{firm.uid}/files", {"Idempotency-Key": "a-1"}

    first, again = (client.post(address, {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=once) for _ in range(2))
    other = client.post(address, {"file": SimpleUploadedFile("a.pdf", PDF + b"%%EOF\n")}, headers=once)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert Attachment.objects.count() == 1


def test_the_limits_of_the_policy_are_kept_on_both_sides(
    client: Client, firm: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_be(monkeypatch, AttachmentPolicy, largest_mb=1, most_per_record=2)
    full = PDF + b" " * (1024 * 1024 - len(PDF) - 6) + b"%%EOF\n"

    codes = [attach(client, firm, content).status_code for content in (full, full + b" ", PDF, PDF)]

    assert codes == [302, 422, 302, 422]
    assert Attachment.objects.count() == 2


def test_an_upload_too_large_for_memory_is_streamed_and_whole(client: Client, firm: Customer) -> None:
    large = b"%PDF-1.7\n" + b"0123456789abcdef" * (5 * 65_536) + b"\n%%EOF\n"

    attach(client, firm, large)

    made = Attachment.objects.get()
    assert made.size == len(large)
    assert b"".join(client.get(f"/customers/{firm.uid}/files/{made.uid}/").streaming_content) == large


def test_a_refused_upload_leaves_nothing(client: Client, firm: Customer, tmp_path: Path) -> None:
    response = attach(client, firm, b"MZ\x90\0 program", "program.pdf")

    assert response.status_code == 422
    assert "program.pdf" in text_of(response)
    assert not Attachment.objects.exists()
    assert not everything_below(tmp_path / "files")


def test_when_writing_it_down_fails_nothing_stays_on_disk(manager: Person, firm: Customer, tmp_path: Path) -> None:
    nobody: Any = None

    with pytest.raises(IntegrityError), transaction.atomic():
        storing.put_away(
            viewer_of(manager), code="customers", record_uid=nobody, subject=firm.uid,
            file=SimpleUploadedFile("x.pdf", PDF),
        )  # fmt: skip

    assert not everything_below(tmp_path / "files")


def test_remains_of_a_broken_upload_are_swept(client: Client, firm: Customer, tmp_path: Path) -> None:
    attach(client, firm)
    kept = storing.path_of(Attachment.objects.get().uid)
    orphans = [kept.with_name("0" * 32), kept.with_name("f" * 32 + ".part")]
    for path in orphans:
        path.write_bytes(b"x")

    gone = storing.sweep(older_than_s=-60)

    assert (gone, kept.exists()) == (2, True)
    assert not any(path.exists() for path in orphans)


def test_the_page_of_the_record_leads_to_its_attachments(client: Client, firm: Customer) -> None:
    assert f"/customers/{firm.uid}/files/" in text_of(client.get(f"/customers/{firm.uid}/"))


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", PNG, "name_misleads"),
        ("a.pdf", PDF + DOCX, "mixed_file"),
        ("a.png", PNG + DOCX, "mixed_file"),
        ("a.jpg", b"\xff\xd8\xff" + b"0" * 90 + b"\xff\xd9" + DOCX, "mixed_file"),
        ("a.jpg", b"\xff\xd8\xff %PDF-1.4 " + b"0" * 90 + b"\xff\xd9", "mixed_file"),
        ("a.docx", b"GIF89a;" + DOCX + b"\x3b", "mixed_file"),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file_with_macros"),
        ("a.docx", archive("evil.js"), "unsuitable_file"),
        ("a.txt", b"<html><script>alert(1)</script>", "unsuitable_file"),
        ("a.txt", b"words\0more", "unsuitable_file"),
        ("a.txt", b"", "unsuitable_file"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsuitable_file"),
    ],
)
def test_content_decides_and_what_is_two_things_at_once_is_refused(
    client: Client, firm: Customer, name: str, content: bytes, code: str
) -> None:
    answer = client.post(f"/api/v1/customers/{firm.uid}/files", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422, text_of(answer)
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("A.PNG", PNG),
        ("a.jpeg", b"\xff\xd8\xff" + b"0" * 90 + b"\xff\xd9" + b"maker's notes"),
        ("a.docx", DOCX),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("b.csv", "客户,金额\n岚山,1".encode("gb18030")),
        ("without an ending", "只有文字".encode()),
    ],
)
def test_what_people_attach_every_day_is_taken(client: Client, firm: Customer, name: str, content: bytes) -> None:
    answer = client.post(f"/api/v1/customers/{firm.uid}/files", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 201, text_of(answer)
