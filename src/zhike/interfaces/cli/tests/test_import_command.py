"""``zhike import``: the same services from the console."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.interfaces.cli.import_command import import_file

pytestmark = pytest.mark.django_db
TEXT = "编号,公司名称,员工人数\nA1,杭州甲机械厂,12\nA2,宁波乙机械厂,很多\n"


@pytest.fixture
def office(db: None) -> Office:
    return opened()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    return path


def called(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(import_file, list(arguments), catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.mark.requirement("PLAT-05", proof="user")
def test_it_tries_a_file_out_and_then_brings_it_in(office: Office, file: Path, tmp_path: Path) -> None:
    asked = (str(file), "--type", "customers", "--set", "kind=firm", "--json")
    rejects = tmp_path / "rejected.csv"

    code, said = called(*asked, "--dry-run", "--rejects", str(rejects))
    assert (code, json.loads(said)["state"], Customer.objects.count()) == (0, "checked", 0)
    assert "很多" in rejects.read_text(encoding="utf-8-sig")

    code, said = called(*asked, "--key", "number")
    found = json.loads(said)
    assert (code, found["counts"]["new"], found["counts"]["rejected"]) == (0, 1, 1)
    assert found["report"]["agrees"]
    assert Customer.objects.get().external_id == "A1"


def test_a_file_that_cannot_be_used_and_one_that_is_refused_have_their_own_codes(office: Office, file: Path) -> None:
    empty = file.with_name("empty.csv")
    empty.write_bytes(b"")

    assert called(str(empty), "--type", "customers")[0] == 3
    assert called(str(file), "--type", "customers")[0] == 4, "the kind is missing"
    assert called(str(file), "--type", "customers", "--as", "data_specialist")[0] == 4
    assert called(str(file), "--type", "galaxies")[0] == 2


def test_a_map_says_what_a_column_is(office: Office, file: Path, tmp_path: Path) -> None:
    told = tmp_path / "map.toml"
    told.write_text('"员工人数" = ""\n"公司名称" = "name"\n', encoding="utf-8")

    code, said = called(str(file), "--type", "customers", "--set", "kind=企业", "--map", str(told), "--json")

    assert (code, json.loads(said)["counts"]["new"]) == (0, 2)
