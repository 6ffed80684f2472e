"""The permission matrix as shipped, cell by cell, and what levels and scopes mean."""

from __future__ import annotations

import pytest

from zhike.foundation.access.matrix import Area, Level, Scope, posts
from zhike.foundation.access.viewer import Place, Reach, Viewer, reach_of, system, union
from zhike.foundation.kit.refusals import Forbidden

# Section A3, in the order of the areas: leads, profile, sensitive, timeline, deals, orders, tickets, complaints,
# feedback, strategy, health, loyalty, consent, training, settings. "own" training is B, "team" is BF. Automation is no
# column there: AUTO-07 names its posts.
MATRIX = {
    "market_specialist": "FE B - B - - - - B BE - BE E B - -",
    "sales_specialist": "FE BE S BE FE B B B B BE BE B E B - -",
    "sales_consultant": "B B - BE FE F B B B B B B - B - -",
    "sales_lead": "FEA FE S FE FEA F B B F FA FEA B B BF - -",
    "data_analyst": "FE B - F F F F F F FE F F - B - -",
    "data_specialist": "- B - F - F F F F F FE B - B - -",
    "customer_specialist": "B BE SE BE - B B B - B - - E B - -",
    "customer_analyst": "B B - F B F F F F FE F F - B - -",
    "customer_manager": "B FE S FE FE F FE FE FE FE FE BE E B - -",
    "operations_specialist": "BE B - F - B B B FE FE B FE B B - FE",
    "operations_planner": "B B - B - B - - B B - FE - B - -",
    "operations_analyst": "F B - F - F F FE FE F FE F - B - -",
    "service_representative": "- BE S BE - B FE FE BE B BE B E B - -",
    "counter_staff": "- BE SE BE - BE FE BE BE B - B E B - -",
    "service_supervisor": "- FE S F - B FEA FEA FA B F B B BF - -",
    "support_engineer": "- B - BE - B FE BE B - - - - B - -",
    "success_manager": "- FE S FE FE F FE FE FE FE FE BE E B - -",
    "implementation_manager": "- B - FE FE - BE - B - - - - B - -",
    "product_manager": "- B - B BE B F F FE F B BE - B - -",
    "technical_team": "BE B - B BE - BE - - - - - - B - -",
    "legal": "- B - - FEA - - B - - - - B B - -",
    "compliance_specialist": "- B S - B - - - - - - - FEA FE B -",
    "it_team": "- - - - - - - - - - - - BE B E FE",
    "training_lead": "- - - - - - B - - - - - - FEA - -",
    "management": "FA F S F FA F F FA F FA FA FA F FA A F",
}


@pytest.mark.requirement("SEC-04", proof="rule")
@pytest.mark.requirement("PLAT-12", proof="rule")
@pytest.mark.parametrize("code", sorted(MATRIX))
def test_each_post_holds_exactly_the_cells_of_section_a3(code):
    cells = MATRIX[code].split()

    held = posts()[code].areas

    assert {area: set(held.get(area, ())) for area in Area} == {
        area: {Level(letter) for letter in cell if letter != "-"} for area, cell in zip(Area, cells, strict=True)
    }


def test_there_are_25_posts_and_every_one_has_words_in_both_languages():
    assert set(posts()) == set(MATRIX)
    assert all(post.title.zh and post.title.en for post in posts().values())


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("held", list(Level))
def test_a_level_allows_itself_and_full_edit_and_approve_allow_the_basics(held, level):
    viewer = Viewer(1, "somebody", levels={Area.DEALS: frozenset({held})})

    implied = level is Level.BASIC and held in (Level.FULL, Level.EDIT, Level.APPROVE)
    assert viewer.may(Area.DEALS, level) == (held is level or implied)
    assert not viewer.may(Area.HEALTH, level)


def test_nobody_sees_sensitive_values_by_holding_full():
    viewer = Viewer(1, "manager", levels=union([posts()["management"]]))

    assert viewer.may(Area.PROFILE, Level.FULL)
    assert not Viewer(2, "x", levels={Area.SENSITIVE: frozenset({Level.FULL})}).may(Area.SENSITIVE, Level.SENSITIVE)


def test_require_names_the_area_and_level_it_refuses():
    with pytest.raises(Forbidden) as refused:
        Viewer(1, "somebody").require(Area.DEALS, Level.EDIT)

    assert refused.value.data == {"area": "deals", "level": "E"}


def test_the_system_may_everything_and_says_why():
    actor = system("night 2026-11-21")

    assert all(actor.may(area, level) for area in Area for level in Level)
    assert actor.reach.everything
    assert actor.reason == "night 2026-11-21"


def test_two_posts_held_at_once_add_up():
    levels = union([posts()["legal"], posts()["data_specialist"]])

    assert Level.APPROVE in levels[Area.DEALS]
    assert Level.EDIT in levels[Area.HEALTH]


PLACE = Place(
    person_id=7, department_id=30, department_depth=2, report_ids=frozenset({8, 9}), team_ids=frozenset({5}),
    chosen_ids=frozenset({40}),
)  # fmt: skip


@pytest.mark.requirement("SEC-04", proof="rule")
@pytest.mark.parametrize(
    ("scope", "reach"),
    [
        (Scope.OWN, Reach(owner_ids=frozenset({7}))),
        (Scope.OWN_AND_REPORTS, Reach(owner_ids=frozenset({7, 8, 9}))),
        (Scope.OWN_AND_TEAM, Reach(owner_ids=frozenset({7}), team_ids=frozenset({5}))),
        (Scope.DEPARTMENT, Reach(department_ids=frozenset({30}))),
        (Scope.DEPARTMENT_AND_BELOW, Reach(subtrees=frozenset({(2, 30)}))),
        (Scope.CHOSEN_DEPARTMENTS, Reach(owner_ids=frozenset({7}), department_ids=frozenset({40}))),
        (Scope.ALL, Reach(everything=True)),
    ],
)
def test_each_scope_reaches_its_rows(scope, reach):
    assert reach_of(scope, PLACE) == reach


@pytest.mark.parametrize("scope", [Scope.DEPARTMENT, Scope.DEPARTMENT_AND_BELOW])
def test_without_a_department_only_ones_own_rows_are_reached(scope):
    assert reach_of(scope, Place(person_id=7)) == Reach(owner_ids=frozenset({7}))


def test_the_head_of_the_whole_enterprise_reaches_everything():
    top = Place(person_id=7, department_id=1, department_depth=0)

    assert reach_of(Scope.DEPARTMENT_AND_BELOW, top) == Reach(everything=True)


def test_scopes_of_two_posts_are_joined():
    both = reach_of(Scope.OWN, PLACE).joined(reach_of(Scope.DEPARTMENT, PLACE))

    assert both == Reach(owner_ids=frozenset({7}), department_ids=frozenset({30}))
