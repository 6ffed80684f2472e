"""The index on a real database."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from zhike.foundation import search
from zhike.foundation.crypto import vault
from zhike.foundation.search import commonness, finding, indexing
from zhike.foundation.search.models import SearchDocument
from zhike.foundation.search.query import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DATA-01", proof="rule")]
NAMES = {
    1: "华为技术有限公司",
    2: "中兴通讯股份有限公司",
    3: "重庆银行股份有限公司",
    4: "TCL集团",
    5: "General Electric (China)",
    6: "58同城",
}


def indexed(names: dict[int, str] = NAMES, kind: str = "firm") -> None:
    search.index(kind, {number: search.tokens_of(name) for number, name in names.items()})


def found(query: str, kind: str = "firm", **options: Any) -> set[int]:
    return set(search.candidates(kind, query, **options).ids or ())


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("华为", {1}), ("华", {1}), ("有限公司", {1, 2, 3}), ("银行", {3}), ("zhongxing", {2}), ("zxtx", {2}),
        ("cqyh", {3}), ("yinhang", {3}), ("tcl", {4}), ("electric", {5}), ("ge", {5}), ("gen elec", {5}), ("58", {6}),
        ("华为 技术", {1}), ("华为 中兴", set()), ("无此公司", set()), ("", set()), ("%_'\"*", set()), ("\0", set()),
        ("AND", set()), ("NEAR(华为)", set()), ("grams:华为", set()),
    ],
)  # fmt: skip
def test_firms_are_found_by_characters_pinyin_initials_and_letters(query: str, numbers: set[int]) -> None:
    indexed()

    assert found(query) == numbers


def test_one_kind_does_not_find_another() -> None:
    indexed()
    indexed({1: "华为手机"}, kind="product")

    assert (found("华为"), found("手机"), found("手机", kind="product")) == ({1}, set(), {1})


def test_indexing_again_forgets_the_old_text_and_removal_forgets_all() -> None:
    indexed()
    indexed({1: "荣耀终端", 2: "、"})

    assert (found("华为"), found("荣耀"), found("中兴")) == (set(), {1}, set())

    search.remove("firm", [1, 3, 99])

    assert (found("荣耀"), found("银行"), found("tcl")) == (set(), set(), {4})


def test_a_document_goes_in_and_out_with_the_transaction_of_its_record() -> None:
    indexed()
    with transaction.atomic():
        indexed({1: "荣耀终端", 9: "小米科技"})
        search.remove("firm", [4])
        transaction.set_rollback(True)

    assert (found("华为"), found("荣耀"), found("小米"), found("tcl")) == ({1}, set(), set(), {4})


@pytest.mark.requirement("SEC-17", proof="rule")
def test_a_person_is_found_by_name_pinyin_and_the_end_of_the_phone_without_either_in_the_index() -> None:
    tokens = search.personal_tokens_of("欧阳小明") | search.personal_tokens_of("13987654321")
    search.index("firm", {1: tokens | search.tokens_of("明日科技"), 2: search.personal_tokens_of("欧阳大明")})

    assert found("欧阳") == {1, 2}
    assert found("小明") == found("ouyangxiao") == found("oyxm") == found("4321") == found("13987654321") == {1}
    assert found("1398765") == found("87654321") == {1}
    assert found("科技 小明") == {1}
    stored = " ".join(" ".join(grams) for grams in SearchDocument.objects.values_list("grams", flat=True))
    assert "欧" not in stored
    # Whole tokens: a keyed hash may hold these letters by chance.
    assert not {"o", "ou", "ouy", "ouya", "ouyang"} & set(stored.split())
    assert "4321" not in stored
    assert vault.blind_token("小明") in stored


def test_more_candidates_than_the_limit_are_common_and_found_by_walking() -> None:
    indexed({n: f"甲{'乙' if n % 2 else '丙'}有限公司" for n in range(1, 41)})
    rows = SearchDocument.objects.filter(kind="firm").order_by("-object_id")

    assert not search.candidates("firm", "甲乙", limit=20).is_common
    common = search.candidates("firm", "甲乙", limit=19)

    assert common.is_common
    assert common.ids is None
    assert list(common.narrow(rows, "object_id").values_list("object_id", flat=True)[:3]) == [39, 37, 35]
    assert common.narrow(rows, "object_id").count() == 20
    assert search.candidates("firm", "甲丙 有限", limit=5).narrow(rows, "object_id").count() == 20
    assert search.candidates("firm", "乙丙 公司", limit=5).narrow(rows, "object_id").count() == 0


@pytest.mark.parametrize("query", ["华为", "有限公司", "zxtx", "yinhang", "58", "gen elec", "小明", "4321", "无此公司"])
def test_walking_finds_the_same_as_reading_candidates(query: str) -> None:
    indexed()
    person = search.personal_tokens_of("欧阳小明") | search.personal_tokens_of("13987654321")
    search.index("firm", {7: person})
    rows = SearchDocument.objects.filter(kind="firm")
    walk = finding.Candidates("firm", parsed(query), None, 0)

    walked = set(walk.narrow(rows, "object_id").values_list("object_id", flat=True))

    assert walked == found(query)


@pytest.mark.parametrize("steps", [3, 20, 1000])
@pytest.mark.parametrize("order", ["object_id", "-object_id"])
def test_a_page_of_a_common_query_is_right_wherever_the_order_puts_it(
    monkeypatch: pytest.MonkeyPatch, steps: int, order: str
) -> None:
    """A walk that gives up after ``steps`` rows and one that does not give the same page."""
    monkeypatch.setattr(finding, "STEPS", steps)
    indexed({n: f"甲{'乙' if n > 30 else '丙'}有限公司" for n in range(1, 41)})
    rows = SearchDocument.objects.filter(kind="firm").order_by(order)
    common = search.candidates("firm", "甲乙", limit=3)
    expected = [n for n in (range(1, 41) if order == "object_id" else range(40, 0, -1)) if n > 30]

    assert common.is_common
    assert common.first(rows, 0, 4, "object_id") == expected[:4]
    assert common.first(rows, 4, 9, "object_id") == expected[4:9]
    assert common.first(rows, 8, 30, "object_id") == expected[8:]
    assert common.first(rows.filter(object_id__lt=36), 0, 30, "object_id") == [n for n in expected if n < 36]
    assert common.narrow(rows, "object_id", is_ordered=False).count() == 10


def test_a_total_is_exact_for_a_rare_query_or_a_small_part_and_says_so_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "LOOKED_AT", 20)
    indexed({n: f"甲{'乙' if n % 2 else '丙'}有限公司" for n in range(1, 41)})
    rows = SearchDocument.objects.filter(kind="firm").order_by("-object_id")
    rare, common = (search.candidates("firm", "甲乙", limit=limit) for limit in (20, 3))

    assert rare.total(rows, is_whole=False, column="object_id") == (20, "exact")
    assert common.total(rows, is_whole=True, column="object_id") == (common.about, "about")
    assert common.total(rows.filter(object_id__lte=20), is_whole=False, column="object_id") == (10, "exact")
    assert common.total(rows, is_whole=False, column="object_id") == (10, "at_least")


def test_the_first_of_a_rare_query_are_in_order_too() -> None:
    indexed()
    rows = SearchDocument.objects.filter(kind="firm").order_by("-object_id")

    assert search.candidates("firm", "有限公司").first(rows, 1, 3, "object_id") == [2, 1]


def test_common_tokens_are_known_from_statistics_and_tokens_that_never_meet_are_read() -> None:
    """甲乙 and 丙丁 each stand in half of the documents, never in the same; 戊己 and 庚辛 always in the same."""
    indexed({n: f"{'甲乙' if n % 2 else '丙丁'}{'戊己有庚辛' if n % 3 else '行'}{n}" for n in range(1, 4_001)})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_document" if connection.vendor == "postgresql" else "ANALYZE")
    commonness.forget()

    assert search.candidates("firm", "甲乙", limit=100).is_common
    assert search.candidates("firm", "戊己 庚辛", limit=100).is_common
    assert search.candidates("firm", "甲乙 丙丁", limit=100).ids == ()
    assert search.candidates("firm", "3777", limit=100).ids == (3777,)
    if connection.vendor == "postgresql":
        assert search.candidates("firm", "甲乙", limit=100).about == pytest.approx(2_000, rel=0.05)
        assert search.candidates("firm", "戊己 庚辛", limit=100).about == pytest.approx(2_667, rel=0.25)
    else:
        assert search.candidates("firm", "甲乙", limit=100).about == 1_000
    commonness.forget()


def test_walking_composes_with_other_conditions_and_subqueries() -> None:
    indexed()
    walk = finding.Candidates("firm", parsed("有限公司"), None, 0)
    rows = SearchDocument.objects.filter(object_id__gte=2)
    inner = walk.narrow(rows, "object_id").values("object_id")

    outer = SearchDocument.objects.filter(object_id__in=inner).exclude(object_id=3)

    assert list(outer.values_list("object_id", flat=True)) == [2]


def test_a_record_is_indexed_with_two_statements_at_most(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        indexed({1: "华为"})
    found("中兴")  # PostgreSQL's statistics are read now and then
    with django_assert_max_num_queries(1):
        found("华为")


def test_a_large_write_is_settled_and_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "LARGE", 50)
    indexed({n: f"公司{n:05}" for n in range(1, 201)})

    assert found("公司00077") == {77}
    assert search.candidates("firm", "公司", limit=100).is_common


@pytest.fixture(scope="module")
def names(shared: Path) -> list[str]:
    text = (shared / "company-names-zh" / "company_short_names_sample_200k.txt").read_text(encoding="utf-8")
    return text.split("\n")[:-1]


@pytest.mark.slow
@pytest.mark.shared_data
def test_two_characters_find_exactly_the_names_that_contain_them_among_two_hundred_thousand(names: list[str]) -> None:
    _compare_with_substrings(names, queries=300)


@pytest.mark.shared_data
def test_two_characters_find_exactly_the_names_that_contain_them_among_ten_thousand(names: list[str]) -> None:
    _compare_with_substrings(names[::20], queries=300)


def _compare_with_substrings(names: list[str], queries: int) -> None:
    docs = dict(enumerate(names, 1))
    indexed(docs)
    chance = random.Random(7)
    chinese = [name for name in names if re.fullmatch("[\u4e00-\u9fff]{2,}", name)]
    assert len(chinese) > len(names) / 2
    for _ in range(queries):
        name = chance.choice(chinese)
        start = chance.randrange(len(name) - 1)
        query = name[start : start + chance.choice([2, 2, 2, 1, 3])]
        candidates = search.candidates("firm", query, limit=len(names))
        expected = {number for number, other in docs.items() if query in other}
        got = {number for number in candidates.ids or () if candidates.is_exact or search.matches(docs[number], query)}
        assert got == expected, query
        assert expected <= set(candidates.ids or ())


@pytest.mark.shared_data
def test_pinyin_and_initials_of_every_tenth_name_find_it(names: list[str]) -> None:
    from zhike.foundation.search.pinyin import initials, readings

    chosen = [name for name in names[::200] if re.fullmatch("[\u4e00-\u9fa5]{3,6}", name)]
    indexed(dict(enumerate(chosen, 1)))
    for number, name in enumerate(chosen[::10]):
        spelled = "".join(readings(c)[-1] for c in name)
        first = "".join(initials(c)[-1] for c in name)
        for query in (spelled, spelled[:4], first):
            assert number * 10 + 1 in found(query, limit=len(chosen)), (name, query)
            assert search.matches(name, query)


def test_the_index_of_sqlite_agrees_with_its_table() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("GIN is part of PostgreSQL's table")
    indexed()
    indexed({1: "荣耀终端"})
    search.remove("firm", [3])

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)")
