"""What the browser is sent: small, complete, and fit for a policy that allows neither eval nor other hosts."""

import gzip
import re

import pytest

from tools import assets

# The list page may weigh 70 kB in all (aim of the budget); the sheet of the framework is its largest part by far.
LARGEST_SHEET_GZIPPED = 30_000


@pytest.fixture(scope="module", autouse=True)
def built():
    if not assets.are_built():
        pytest.fail("run `make assets` first")


def vendor_files(suffix):
    return sorted(assets.VENDOR.glob(f"*{suffix}"))


def test_style_sheet_is_purged():
    sheet = (assets.VENDOR / "tabler.css").read_bytes()

    assert len(gzip.compress(sheet)) <= LARGEST_SHEET_GZIPPED
    # A payment logo is nothing that the screens show, and the sheet of the framework is full of them.
    assert b"payment-provider" not in sheet


def test_style_sheet_defines_what_it_reads():
    sheet = (assets.VENDOR / "tabler.css").read_text(encoding="utf-8")

    read = set(re.findall(r"var\(\s*(--tblr-[\w-]+)\s*\)", sheet))
    defined = set(re.findall(r"(--tblr-[\w-]+)\s*:", sheet))

    # Bootstrap reads a few that only a page sets; more would mean that the purge cut into the living.
    assert read, "the sheet reads no property at all"
    assert len(read - defined) <= len(read) // 10, sorted(read - defined)


@pytest.mark.parametrize("path", vendor_files(".js"), ids=lambda path: path.name)
def test_script_needs_no_eval(path):
    assert not re.search(r"\bnew Function\(|\beval\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", vendor_files(".css") + vendor_files(".svg"), ids=lambda path: path.name)
def test_nothing_is_fetched_from_another_host(path):
    fetched = re.findall(r"url\(\s*['\"]?(https?:)?//|@import|href=\"http", path.read_text(encoding="utf-8"))

    assert not fetched


def test_every_icon_of_the_screens_is_in_the_sprite():
    sprite = (assets.VENDOR / "icons.svg").read_text(encoding="utf-8")

    asked = r'#tabler-([a-z0-9-]+)|{% icon "([a-z0-9-]+)"'
    used = {a or b for path in assets._screens() for a, b in re.findall(asked, path.read_text("utf-8"))}

    assert {name for name in used if f'id="tabler-{name}"' not in sprite} == set()


def test_second_build_does_nothing():
    assets.build()

    assert assets.build() == []


def test_licences_of_what_is_passed_on_go_with_it():
    texts = (assets.VENDOR / "LICENSES.txt").read_text(encoding="utf-8")

    for name in ("@tabler/core", "echarts", "@alpinejs/csp", "sortablejs", "zrender"):
        assert f"{name} " in texts
    assert (assets.FONTS / "OFL.txt").read_text(encoding="utf-8").count("SIL OPEN FONT LICENSE") >= 1
