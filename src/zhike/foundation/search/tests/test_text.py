"""Text and readings: what search sees in a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.search import pinyin, text
from zhike.foundation.search.matching import matches
from zhike.foundation.search.tokens import tokens_of


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("ＡＢＣ　科技", "abc 科技"),
        (" Straße ", "strasse"),
        ("138-1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("(010) 8888-6666", "(010) 8888-6666"),
        ("010 8888 6666", "01088886666"),
        ("58", "58"),
        ("2026-11", "2026-11"),
        ("20261121", "20261121"),
    ],
)
def test_text_has_one_spelling_and_a_telephone_number_its_digits(given: str, normal: str) -> None:
    assert text.normal(given) == normal


def test_a_text_falls_into_runs_of_chinese_and_of_letters() -> None:
    runs = [(run.sort, run.text) for run in text.runs(text.normal("华为(中国)TCL-58同城 テスト"))]

    assert runs == [
        ("han", "华为"), ("han", "中国"), ("word", "tcl"), ("word", "58"), ("han", "同城"), ("han", "テスト"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("character", "readings"),
    [
        ("华", ("hua",)),
        ("行", ("xing", "hang")),
        ("重", ("zhong", "chong")),
        ("单", ("dan", "shan", "chan")),
        ("吕", ("lv", "lu")),
        ("女", ("nv", "nu")),
        ("略", ("lve", "lue")),
        ("A", ()),
        ("テ", ()),
        ("，", ()),
    ],
)
def test_a_character_is_read_in_the_ways_that_are_in_use(character: str, readings: tuple[str, ...]) -> None:
    assert pinyin.readings(character) == readings


def test_every_common_character_is_read_in_plain_letters() -> None:
    for code in range(0x4E00, 0x9FA6):
        for reading in pinyin.readings(chr(code)):
            assert reading.isascii(), (chr(code), reading)
            assert reading.isalpha(), (chr(code), reading)
            assert reading.islower(), (chr(code), reading)


def test_names_sort_by_pinyin() -> None:
    names = ["张三", "阿里", "李四", "Apple", "王五"]

    assert sorted(names, key=pinyin.sort_key) == ["阿里", "Apple", "李四", "王五", "张三"]
    assert pinyin.sort_key("华为TCL") == "huaweitcl"
    assert len(pinyin.sort_key("长" * 100)) == 120


def test_pypinyin_is_read_and_not_imported() -> None:
    """Its import would load a table of phrases into every web process."""
    import subprocess
    import sys

    code = (
        "import sys; from zhike.foundation.search import pinyin;"
        " pinyin.readings('华'); print('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@given(st.text(alphabet=st.sampled_from("华为重庆长城行科技ABCabc158 ()-（）é女单"), max_size=12), st.data())
def test_a_text_is_found_by_every_part_of_it_that_has_two_characters(whole: str, data: st.DataObject) -> None:
    """Whatever stands in a text between two blanks is found by the exact check; tokens are tested on the database."""
    words = [word for word in text.normal(whole).split() if len(word) >= 2]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, len(word) - 2))
    part = word[start : start + data.draw(st.integers(2, 6))]
    if part.isascii() and part.isalnum() and len(part) < 3:
        return  # two letters find the beginning of a word only
    if not any(character.isalnum() for character in part) or (part.isascii() and part.isdigit()):
        return
    assert matches(whole, part)


def test_a_text_of_signs_has_no_tokens() -> None:
    assert tokens_of("") == tokens_of("、。()") == set()
