"""The exact check: what a query means, in whatever way it is typed."""

import pytest

from zhike.foundation.search import matches
from zhike.foundation.search.query import MOST_WORDS, parsed, query_tokens
from zhike.foundation.search.tokens import personal_tokens_of, tokens_of

FOUND = [
    ("华为技术有限公司", "华为"),
    ("华为技术有限公司", "技"),
    ("华为技术有限公司", "华为技术"),
    ("华为技术有限公司", "公司 华为"),
    ("华为技术有限公司", "huawei"),
    ("华为技术有限公司", "HuaWei"),
    ("华为技术有限公司", "huaw"),
    ("华为技术有限公司", "weijishu"),
    ("华为技术有限公司", "hwjs"),
    ("华为技术有限公司", "hw"),
    ("华为技术有限公司", "hu"),
    ("华为技术有限公司", "h"),
    ("华为（中国）有限公司", "huaweizhongguo"),
    ("TCL集团", "tcl"),
    ("TCL集团", "TCL集团"),
    ("TCL集团", "tclji"),
    ("TCL集团", "tcljt"),
    ("TCL集团", "tc"),
    ("TCL集团", "jt"),
    ("TCL集团", "l集"),
    ("重庆银行", "chongqingyinhang"),
    ("重庆银行", "cqyh"),
    ("重庆银行", "cqyx"),
    ("单田芳", "shantianfang"),
    ("吕布", "lvbu"),
    ("吕布", "lubu"),
    ("General Electric", "electric"),
    ("General Electric", "generalelectric"),
    ("General Electric", "el"),
    ("General Electric", "elec gen"),
    ("58同城", "58"),
    ("58同城", "58同"),
    ("C000123", "000123"),
    ("C000123", "c000"),
    ("91310000MA1FL5E91G", "ma1fl"),
    ("ＡＢＣ商贸", "abc"),
    ("13812345678", "5678"),
    ("13812345678", "45678"),
    ("13812345678", "1381234"),
    ("13812345678", "138 1234 5678"),
    ("+86 138-1234-5678", "13812345678"),
    ("010-88886666", "6666"),
    ("zhang.san@example.com", "zhang.san@example.com"),
    ("zhang.san@example.com", "example"),
    ("a&b咨询", "a&b"),
]
NOT_FOUND = [
    ("华为技术有限公司", "为华"),
    ("华为技术有限公司", "华技"),
    ("华为技术有限公司", "uawei"),
    ("华为技术有限公司", "huawie"),
    ("华为技术有限公司", "wj"),
    ("华为技术有限公司", "华为 中兴"),
    ("华为", ""),
    ("华为", "  "),
    ("华为", "、"),
    ("", "华为"),
    ("TCL集团", "cl"),
    ("13812345678", "1234"),
    ("13812345678", "138123"),
    ("13812345678", "678"),
    ("13812345678", "2345678 9"),
    ("北京某某科技有限公司", "北京科技"),
]


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.parametrize(("text", "query"), FOUND)
def test_what_is_meant_is_found(text: str, query: str) -> None:
    assert matches(text, query)


@pytest.mark.parametrize(("text", "query"), NOT_FOUND)
def test_what_is_not_meant_is_not_found(text: str, query: str) -> None:
    assert not matches(text, query)


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.parametrize(("text", "query"), FOUND)
def test_tokens_never_miss_what_the_exact_check_finds(text: str, query: str) -> None:
    tokens = tokens_of(text)

    assert all(any(way <= tokens for way in word.ways) for word in parsed(query).words)


SINGLE = {"技", "l集", "58同"}  # queries with one Chinese character and nothing longer


@pytest.mark.parametrize(("text", "query"), [(t, q) for t, q in FOUND if q not in SINGLE])
def test_hashed_tokens_find_the_same_but_for_single_characters(text: str, query: str) -> None:
    tokens = personal_tokens_of(text)

    assert all(any(way <= tokens for way in word.hashed_ways) for word in parsed(query).words)


def test_words_of_a_query_may_stand_in_different_texts_of_a_record() -> None:
    assert matches(["华为技术有限公司", "王小明", "13812345678"], "华为 wxm 5678")
    assert not matches(["华为技术有限公司", "王小明"], "华为 李四")
    assert not matches([], "华为")


@pytest.mark.parametrize(("query", "is_exact"), [("华为", True), ("华", True), ("华为 技", True), ("华为技", False),
                                                 ("hua", False), ("华a", False), ("5678", False)])  # fmt: skip
def test_a_query_says_whether_its_tokens_decide_alone(query: str, is_exact: bool) -> None:
    assert parsed(query).is_exact is is_exact


@pytest.mark.requirement("SEC-17", proof="rule")
def test_hashed_tokens_show_no_character_and_no_single_character_is_hashed() -> None:
    tokens = personal_tokens_of("欧阳小明")

    assert all(token.isascii() and len(token) == 8 for token in tokens)
    assert tokens.isdisjoint(tokens_of("欧阳小明"))
    assert tokens.isdisjoint(query_tokens("欧")[0])
    assert query_tokens("欧")[1] == set()


def test_a_telephone_number_has_four_tokens_and_a_longer_number_five() -> None:
    assert tokens_of("138 1234 5678") == {"#13812345678", "#$5678", "#$12345678", "#^1381234"}
    assert tokens_of("1381234567899") - tokens_of("13812345678") >= {"#^13812345678", "#$34567899"}
    assert len(personal_tokens_of("13812345678")) == 4


@pytest.mark.parametrize("typed", ["5678", "45678", "345678", "2345678", "12345678", "812345678", "13812345678"])
@pytest.mark.parametrize("number", ["13812345678", "0571 12345678", "12345678", "00138123456789"])
def test_an_end_or_a_beginning_of_a_number_that_matches_is_among_the_tokens(typed: str, number: str) -> None:
    known = tokens_of(number)
    found = any(way <= known for way in parsed(typed).words[0].ways)
    assert found >= matches(number, typed)


def test_a_very_long_query_is_cut_and_does_not_grow_without_end() -> None:
    query = parsed(" ".join(f"词{n}" for n in range(100)) + "a" * 10_000)

    assert len(query.words) == MOST_WORDS
    assert len(parsed("a" * 10_000).words[0].text) == 64


def test_reading_a_long_name_with_many_ambiguous_characters_stays_quick() -> None:
    import time

    start = time.perf_counter()
    assert not matches("单" * 60, "dan" * 20 + "x")
    assert len(tokens_of("单" * 60)) < 200

    assert time.perf_counter() - start < 1
