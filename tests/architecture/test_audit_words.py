"""Every action that the code writes into the log has words in both languages."""

import ast
import re

import pytest

from tests.architecture.tree import python_files, short, syntax

django_apps = pytest.importorskip("django.apps")


def is_recording(call: ast.Call) -> bool:
    """``audit.record(...)``, or ``record(...)`` inside the part of the log itself."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name != "record":
        return False
    owner = getattr(getattr(call.func, "value", None), "id", "audit")
    return owner in {"audit", "trail"}


def functions_of(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def said(node):
    """Codes that an expression may be, as patterns; None where only the caller knows."""
    if isinstance(node, ast.Constant):
        return [re.escape(node.value)]
    if isinstance(node, ast.IfExp):
        return [*(said(node.body) or ()), *(said(node.orelse) or ())]
    if isinstance(node, ast.JoinedStr):
        return ["".join(re.escape(x.value) if isinstance(x, ast.Constant) else r"\w+" for x in node.values)]
    return None


def written():
    """(place, pattern) of everything recorded; the arguments of functions that pass an action on are followed."""
    passing: dict[str, int] = {}
    for path in python_files():
        for function in functions_of(syntax(path)):
            names = [a.arg for a in function.args.args]
            for call in (n for n in ast.walk(function) if isinstance(n, ast.Call) and is_recording(n)):
                action = action_of(call, 1)
                patterns = said(action)
                if patterns is None:
                    assert getattr(action, "id", "") in names, f"{short(path)}:{call.lineno}: say the action in place"
                    passing[function.name] = names.index(action.id)
                yield from ((f"{short(path)}:{call.lineno}", pattern) for pattern in patterns or ())
    for path in python_files():
        for call in (n for n in ast.walk(syntax(path)) if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", "")
            if name in passing and (action := action_of(call, passing[name])) is not None:
                # A function of the same name that passes nothing on gives no code with a dot.
                patterns = [p for p in said(action) or () if r"\." in p]
                yield from ((f"{short(path)}:{call.lineno}", pattern) for pattern in patterns)


def action_of(call, place):
    named = next((k.value for k in call.keywords if k.arg == "action"), None)
    return named if named is not None else call.args[place] if len(call.args) > place else None


@pytest.fixture(scope="module")
def words():
    if not django_apps.apps.ready:
        pytest.skip("Django does not start yet")
    from zhike.config import wiring
    from zhike.foundation.audit import words

    wiring.wire()
    return words


def test_every_action_that_is_recorded_has_words(words):
    found = set(written())
    known = words.actions()

    silent = sorted(
        {f"{place} {pattern}" for place, pattern in found if not any(re.fullmatch(pattern, a) for a in known)}
    )

    assert len(found) > 30, "the search has gone blind"
    assert not silent, "declare words in the part's declarations, with zhike.foundation.audit.words"


def test_every_outcome_of_a_policy_change_has_words(words):
    from zhike.foundation.policies.models import Action, ProposalState

    outcomes = {*Action.values, ProposalState.APPROVED, ProposalState.REJECTED}

    assert {f"policies.{outcome}" for outcome in outcomes} <= set(words.actions())


def test_every_kind_that_is_loaded_in_bulk_has_words(words):
    loaded = {
        keyword.value.id.lower()
        for path in python_files()
        for call in ast.walk(syntax(path))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "facts_load"
        for keyword in call.keywords
        if keyword.arg == "model" and keyword.value.id[0].isupper()  # not a parameter that hands one on
    }

    assert loaded
    assert {f"{kind}.load" for kind in loaded} <= set(words.actions())


def test_no_words_are_kept_for_what_is_never_done(words):
    patterns = {pattern for _place, pattern in written()}

    idle = [code for code in words.actions() if not any(re.fullmatch(pattern, code) for pattern in patterns)]

    assert not idle


def test_words_are_there_in_both_languages(words):
    from django.utils import translation

    said_of = [*words.actions().values(), *(kind.words for kind in words.kinds().values())]
    with translation.override("en"):
        english = [str(one) for one in said_of]
    with translation.override("zh-hans"):
        chinese = [str(one) for one in said_of]

    same = [one for one, other in zip(english, chinese, strict=True) if one == other]
    assert not same


def test_kinds_that_are_records_name_a_list_that_exists(words):
    from zhike.foundation import records

    astray = [kind.records for kind in words.kinds().values() if kind.records and records.find(kind.records) is None]

    assert not astray
