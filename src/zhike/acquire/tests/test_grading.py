"""A, B or C by match and urgency; pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.acquire.policy import GradingPolicy, TargetIndustries, TargetRegions
from zhike.acquire.rules.grading import GRADES, URGENCIES, Facts, grade, target_of
from zhike.acquire.rules.promises import promises_in
from zhike.acquire.services.progress import promise_words
from zhike.foundation.policies.load import load_defaults

POLICIES = load_defaults()
POLICY = POLICIES.get(GradingPolicy)
TARGET = target_of(POLICIES.get(TargetIndustries), POLICIES.get(TargetRegions))
NOTHING = Facts("", "", None, "later", 1)
ALL = Facts("C", "330000", POLICY.staff_from, "month", 1)


def judged(facts: Facts):
    return grade(facts, TARGET, POLICY)


@pytest.mark.requirement("ACQ-05", proof="rule")
def test_what_fits_and_is_urgent_is_a_and_who_tells_nothing_is_c():
    assert judged(ALL).code == "A"
    assert judged(NOTHING).code == "C"
    assert judged(NOTHING).points == POLICY.urgency_later_points


@pytest.mark.requirement("ACQ-05", proof="rule")
def test_fit_alone_and_urgency_alone_make_b():
    assert judged(Facts("C", "330000", POLICY.staff_from, "later", 1)).code == "B"
    assert judged(Facts("", "", None, "month", 1)).code == "B"


@pytest.mark.parametrize(("staff", "code"), [(POLICY.staff_from, "size_fits"), (POLICY.staff_from - 1, "size_differs")])
def test_the_size_counts_from_its_limit_on(staff, code):
    assert code in [reason.code for reason in judged(Facts("C", "330000", staff, "month", 1)).reasons]


@pytest.mark.parametrize(("inquiries", "counts"), [(POLICY.repeat_from - 1, False), (POLICY.repeat_from, True)])
def test_asking_again_counts_from_its_limit_on(inquiries, counts):
    found = judged(Facts("", "", None, "later", inquiries))

    assert ("repeat" in [reason.code for reason in found.reasons]) is counts


def test_an_industry_or_region_outside_the_target_is_named_and_gives_nothing():
    found = judged(Facts("T", "540000", None, "later", 1))

    assert {reason.code: reason.points for reason in found.reasons} == {
        "industry_differs": 0, "size_unknown": 0, "region_differs": 0, "urgency_later": POLICY.urgency_later_points,
    }  # fmt: skip


@given(
    st.sampled_from(["", "C", "T"]), st.sampled_from(["", "330000", "540000"]),
    st.sampled_from([None, 0, 50, POLICY.staff_from, 10**6]), st.sampled_from(URGENCIES), st.sampled_from([1, 2, 9]),
)  # fmt: skip
def test_the_points_are_those_of_the_reasons_and_more_points_never_grade_lower(industry, region, staff, urgency, n):
    found = judged(Facts(industry, region, staff, urgency, n))
    more = judged(Facts("C", "330000", POLICY.staff_from, "month", n))

    assert found.points == sum(reason.points for reason in found.reasons)
    assert GRADES.index(more.code) <= GRADES.index(found.code)


@pytest.mark.requirement("ACQ-07", proof="rule")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我们保证一周上线", ("保证",)),
        ("百分之百满意，绝对没有问题", ("百分之百", "绝对")),
        ("百分之百", ("百分之百",)),
        ("１００％可靠", ("100%",)),
        ("Results are Guaranteed.", ("guaranteed",)),
        ("an unguaranteed estimate", ()),
        ("一周内给出方案", ()),
    ],
)
def test_words_that_promise_too_much_are_found_in_any_width_and_case(text, found):
    assert promises_in(text, promise_words()) == found
