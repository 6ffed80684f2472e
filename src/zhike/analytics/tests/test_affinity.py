import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.analytics import affinity
from zhike.analytics.errors import CannotFit
from zhike.analytics.tests import published

SMALL = [["router", "cable"]] * 30 + [["router"]] * 10 + [["cable", "screen"]] * 5 + [["phone"]] * 55


@pytest.fixture(scope="module")
def shop():
    return affinity.fit(baskets=published.baskets(), support=0.001, confidence=0.6, longest=10)


@pytest.mark.shared_data
@pytest.mark.requirement("GROW-04", proof="rule")
def test_rules_of_a_shop_are_as_many_as_published(shop):
    wider = affinity.fit(baskets=published.baskets(), support=0.006, confidence=0.25, longest=10)
    surer = affinity.fit(baskets=published.baskets(), support=0.01, confidence=0.5, longest=10)

    assert len(shop.rules) == 2918
    assert sum(rule.confidence >= 0.8 for rule in shop.rules) == 410
    assert len(wider.rules) == 463
    assert len(surer.rules) == 15
    best = wider.rules[0]
    assert (best.has, best.item) == (("herbs",), "root vegetables")
    assert (best.support, best.confidence, best.lift) == pytest.approx((0.007016, 0.43125, 3.956), abs=5e-4)
    assert shop.share("whole milk") == pytest.approx(0.255516, abs=5e-7)


@pytest.mark.shared_data
def test_offers_find_what_was_taken_out_of_unseen_baskets_better_than_the_best_sellers():
    baskets = published.baskets()
    model = affinity.fit(baskets=baskets[:8000], confidence=0.1, longest=2)
    ranking = sorted(model.items, key=lambda item: -model.items[item])
    hits = {"offers": 0, "best sellers": 0}
    tested = [sorted(set(basket)) for basket in baskets[8000:] if len(set(basket)) >= 3][:400]

    for i, basket in enumerate(tested):
        hidden = basket[i % len(basket)]
        has = set(basket) - {hidden}
        hits["offers"] += hidden in {one.item for one in affinity.recommend(model=model, has=has, top=5)}
        hits["best sellers"] += hidden in [item for item in ranking if item not in has][:5]

    assert hits["offers"] > hits["best sellers"]


def test_an_offer_has_its_reason_and_respects_what_they_have_and_may_be_offered():
    model = affinity.fit(baskets=SMALL)

    first, *others = affinity.recommend(model=model, has=["router"])
    allowed = affinity.recommend(model=model, has=["router"], may_be_offered=["screen", "phone", "unheard of"])
    declined = affinity.recommend(model=model, has=["router"], declined=["cable"])
    stranger = affinity.recommend(model=model, has=["unheard of"], top=1)

    assert (first.item, first.kind, first.because) == ("cable", "rule", ("router",))
    # 30 of 40 with a router have a cable, drawn towards the 35 % of all by 20 imagined customers.
    assert first.chance == pytest.approx((30 + 20 * 0.35) / 60)
    assert first.lift == pytest.approx(first.chance / 0.35)
    assert {one.item for one in allowed} == {"screen", "phone"}
    assert "cable" not in {one.item for one in declined}
    assert (stranger[0].item, stranger[0].kind, stranger[0].because) == ("phone", "popular", ())
    assert affinity.recommend(model=model, has=model.items) == []
    assert all(one.item != "router" for one in others)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"baskets": [["a"]] * 19}, CannotFit, "too_few_baskets"),
        ({"support": 0}, ValueError, "must be shares"),
        ({"confidence": 1.1}, ValueError, "must be shares"),
        ({"longest": 1}, ValueError, "longest is 1"),
    ],
)
def test_unusable_input_is_refused_in_words(change, error, message):
    with pytest.raises(error, match=message):
        affinity.fit(**{"baskets": SMALL, **change})


@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=20, max_size=40), st.floats(0.05, 0.5), st.floats(0, 1))
def test_rules_are_those_that_counting_finds(baskets, support, confidence):
    model = affinity.fit(baskets=baskets, support=support, confidence=confidence, longest=3)

    counted = set()
    for size in (2, 3):
        for together in itertools.combinations("abcde", size):
            times = sum(set(together) <= basket for basket in baskets)
            for item in together:
                has = tuple(one for one in together if one != item)
                before = sum(set(has) <= basket for basket in baskets)
                if times and times >= support * len(baskets) - 1e-9 and times >= (confidence - 1e-12) * before:
                    counted.add((has, item, times))
    assert {(rule.has, rule.item, rule.n) for rule in model.rules} == counted
    offered = affinity.recommend(model=model, has=["a"], top=9)
    assert {one.item for one in offered} == set(model.items) - {"a"}
    assert all(0 < one.chance <= 1 for one in offered)
