import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhike.analytics import text
from zhike.analytics.cautions import named
from zhike.analytics.errors import CannotFit
from zhike.analytics.tests import published

HOTELS, MEALS = "chnsenticorp-htl/ChnSentiCorp_htl_all.csv", "waimai-10k/waimai_10k.csv"
TICKETS = [
    *(f"发票{i}号还没有寄到，请尽快开票" for i in range(15)),
    *(f"invoice {i} is missing, please send the bill" for i in range(15)),
    *(f"系统登录第{i}次报错，页面打不开" for i in range(15)),
    *(f"login fails with error {i} on the page" for i in range(15)),
]
CLASSES = ["billing"] * 30 + ["system"] * 30


@pytest.fixture(scope="module")
def tickets():
    return text.fit(texts=TICKETS, labels=CLASSES)


def labelled(name):
    rows = published.reviews(name)
    return rows["review"].tolist(), np.where(rows["label"] == 1, text.POSITIVE, text.NEGATIVE)


def recipe():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, max_iter=2000),
    )


@pytest.mark.bars
@pytest.mark.shared_data
@pytest.mark.requirement("SAT-09", proof="rule")
@pytest.mark.parametrize("name", [HOTELS, MEALS])
def test_sentiment_reaches_the_recipe_recomputed_in_the_same_run(name):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    texts, labels = labelled(name)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    guess = cross_val_predict(recipe(), texts, labels, cv=folds)
    wanted, guessed = (np.stack([one == text.NEGATIVE, one == text.POSITIVE], axis=1) for one in (labels, guess))

    report = text.fit(texts=texts, labels=labels.tolist()).report

    assert report.accuracy >= (guess == labels).mean() - 0.003
    assert report.macro_f1 >= text.f1(guessed, wanted)[0] - 0.003


@pytest.mark.bars
@pytest.mark.shared_data
@pytest.mark.requirement("SAT-09", proof="rule")
def test_topics_reach_the_recipe_recomputed_in_the_same_run():
    from sklearn.model_selection import KFold

    texts, labels = published.car_remarks()
    said, names = np.array(texts, dtype=object), sorted(set().union(*labels))
    truth = np.array([[name in one for name in names] for one in labels])
    chance = np.zeros(truth.shape)
    for train, test in KFold(5, shuffle=True, random_state=0).split(said):
        for j in range(len(names)):
            chance[test, j] = recipe().fit(said[train], truth[train, j]).predict_proba(said[test])[:, 1]
    macro, micro = text.f1(text.decide(chance, several=True), truth)

    report = text.fit(texts=texts, labels=labels).report

    assert report.micro_f1 >= micro - 0.003
    assert report.macro_f1 >= macro - 0.003


@pytest.mark.shared_data
@pytest.mark.requirement("SAT-09", proof="rule")
@pytest.mark.parametrize(("name", "clear", "all_of_them"), [(HOTELS, 0.83, 0.73), (MEALS, 0.86, 0.66)])
def test_a_new_installation_judges_as_well_as_the_readme_states(name, clear, all_of_them):
    texts, labels = labelled(name)

    found = np.array([one.label for one in text.sentiment(texts=texts)])

    judged = found != text.UNCLEAR
    assert (found == labels)[judged].mean() > clear
    assert (found == labels).mean() > all_of_them
    assert judged.mean() > 0.75


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("服务很好，处理及时，非常满意", "positive"),
        ("一点也不满意，等了半天没人理", "negative"),
        ("没有问题，价格不贵", "positive"),
        ("送货太慢，包装破损", "negative"),
        ("明天下午三点开会", "unclear"),
        ("", "unclear"),
        ("Great service, very helpful staff", "positive"),
        ("The staff was not helpful and the delivery was late", "negative"),
        ("No complaints, everything is perfect", "positive"),
        ("Please send the goods later", "unclear"),
        ("DELIVERY DELAYED AGAIN", "negative"),
    ],
)
def test_plain_remarks_are_judged_as_a_person_would(said, label):
    (found,) = text.sentiment(texts=[said])

    assert found.label == label
    assert (found.words == ()) is (label == "unclear")


def test_topics_of_a_new_installation_are_found_in_both_languages():
    found = text.topics(texts=["发票一直没开，退款也没到", "The courier was late", "客服态度差，系统又崩溃了", "你好"])

    assert found[0][0] == "contract"
    assert found[1] == ("delivery",)
    assert set(found[2]) == {"service", "function"}
    assert found[3] == ()


def test_tickets_are_classed_after_the_operators_own(tickets):
    found = text.classify(texts=["请问发票什么时候开", "cannot login, error", " "], model=tickets)

    assert [one[0].name if one else None for one in found] == ["billing", "system", None]
    assert found[0][0].chance > 0.5
    assert sum(label.chance for label in found[0]) == pytest.approx(1.0)
    assert tickets.report.accuracy > 0.9
    assert tickets.report.majority == 0.5
    json.dumps(tickets.report.as_dict(), allow_nan=False)


def test_several_topics_of_one_text_are_learnt():
    billing, system = ["发票 开票 退款"] * 15, ["系统 登录 报错"] * 15
    both = ["发票 开票 退款 系统 登录 报错"] * 15

    model = text.fit(
        texts=[*billing, *system, *both], labels=[*[["钱"]] * 15, *[["系统"]] * 15, *[["钱", "系统"]] * 15]
    )

    assert model.several
    assert set(text.topics(texts=["发票没开，系统报错"], model=model)[0]) == {"钱", "系统"}
    assert text.topics(texts=["请开票"], model=model) == [("钱",)]


def test_three_classes_have_chances_that_sum_to_one_and_rare_ones_are_named():
    texts = [f"{word} {i}" for word in ("合同", "系统", "培训") for i in range(12)] + ["发货", "发货 快"]

    model = text.fit(texts=texts, labels=["a"] * 12 + ["b"] * 12 + ["c"] * 12 + ["d"] * 2)

    assert model.chances(["合同", "?"]).sum(axis=1) == pytest.approx([1, 1])
    assert {w.code: w.data for w in model.report.warnings}["few_texts"] == {"label": "d", "texts": 2}


def test_labels_without_sense_are_reported_as_no_skill():
    rng = np.random.default_rng(0)
    words = [" ".join(rng.choice(list("甲乙丙丁戊己庚辛"), 6)) for _ in range(200)]

    report = text.fit(texts=words, labels=["a" if draw < 0.7 else "b" for draw in rng.random(200)]).report

    assert "no_skill" in named(report.warnings)


def test_a_model_of_sentiment_answers_between_minus_one_and_one():
    model = text.fit(texts=["好 满意"] * 20 + ["差 慢"] * 20, labels=["positive"] * 20 + ["negative"] * 20)

    good, bad, blank = text.sentiment(texts=["满意", "慢", ""], model=model)

    assert -1 <= bad.score < 0 < good.score <= 1
    assert (good.label, bad.label, blank.label) == ("positive", "negative", "unclear")


@pytest.mark.parametrize(
    ("texts", "labels", "error", "message"),
    [
        (["a"], [], ValueError, "texts 1, labels 0"),
        (["甲"] * 30, ["x"] * 30, CannotFit, "too_few_texts"),
        ([" "] * 30, ["x", "y"] * 15, CannotFit, "too_few_texts"),
    ],
)
def test_unusable_texts_are_refused_in_words(texts, labels, error, message):
    with pytest.raises(error, match=message):
        text.fit(texts=texts, labels=labels)


def test_a_model_of_something_else_is_no_model_of_sentiment(tickets):
    with pytest.raises(ValueError, match="not billing, system"):
        text.sentiment(texts=["好"], model=tickets)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_text_is_read_without_falling_over(texts):
    tokens = [text.grams(one) for one in texts]

    assert all(token.strip() for one in tokens for token in one)
    assert all(-1 < one.score < 1 for one in text.sentiment(texts=texts))
    assert len(text.topics(texts=texts)) == len(texts)
    # Full-width and capital letters are the same words.
    assert text.grams("ＡＢＣ Very") == text.grams("abc very")
