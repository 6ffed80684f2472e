import pytest

from zhike.segment.rules.concrete import PARTS, check, measures_in, says_nothing
from zhike.segment.rules.table import COLUMNS, shipped

WHOLE = {
    "goal": "续约率提升至90%",
    "measures": "1. 每月推送使用技巧；2. 推出满额赠礼活动",
    "owner": "销售代表",
    "timing": "每月跟进",
}


@pytest.mark.requirement("STR-02", proof="rule")
def test_d4_15_measure_without_person_or_date_is_refused_and_the_missing_parts_are_named():
    """D4-15: measure 加强服务, no person or date → refused, missing parts named."""
    found = check({"measures": "加强服务"})

    assert not found.is_ready
    assert found.missing == PARTS == ("who", "what", "when", "degree")
    assert found.empty == ("加强服务",)


@pytest.mark.requirement("STR-02", proof="rule")
@pytest.mark.parametrize(
    "words",
    ["加强服务", "提升满意度", "进一步提升客户满意度", "改善售后服务质量", "加强与客户的沟通", "做好客户维护工作",
     "improve service", "Improve customer satisfaction", "Strengthen our relationship with customers",
     "加强服务，提升满意度"],
)  # fmt: skip
def test_empty_wording_stays_empty_whatever_stands_beside_it(words):
    found = check(WHOLE | {"measures": words})

    assert found.missing == ("what",)
    assert found.empty == (words,)


@pytest.mark.requirement("STR-02", proof="rule")
@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"owner": "—"}, ("who",)),
        ({"owner": "相关人员"}, ("who",)),
        ({"timing": "—", "measures": "推出满额赠礼活动"}, ("when",)),
        ({"timing": "尽快", "measures": "推出满额赠礼活动"}, ("when",)),
        ({"goal": "提升续约率", "measures": "1. 推送使用技巧；2. 推出满额赠礼活动"}, ("degree",)),
        ({"measures": ""}, ("what",)),
        ({"measures": "1. 推出满额赠礼活动；2. 加强服务"}, ("what",)),
    ],
)
def test_each_part_is_missed_alone(change, missing):
    assert check(WHOLE | change).missing == missing
    assert check(WHOLE).is_ready


def test_a_person_and_a_time_may_stand_in_the_measure_itself():
    said = {"goal": "激活率达到30%", "measures": "客户经理在30天内电话回访一次", "owner": "", "timing": ""}

    assert check(said).is_ready
    assert check(said | {"measures": "电话回访一次"}, owners=["sales_specialist"]).missing == ("when",)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_of_the_ready_rows_only_the_source_without_a_time_would_be_refused(language):
    """D1 gives the dormant row neither time nor anything in its place."""
    judged = {
        line.code: check({name: line.texts[name].said_in(language) for name in COLUMNS}, line.owners)
        for line in shipped().lines
    }

    assert {code: found.missing for code, found in judged.items() if not found.is_ready} == {"dormant": ("when",)}


def test_measures_are_told_apart_by_number_semicolon_and_line():
    assert measures_in("1. 一份报告；2、新品内测\n打电话; —") == ["一份报告", "新品内测", "打电话"]
    assert says_nothing("优化")
    assert not says_nothing("优化报价单模板")
