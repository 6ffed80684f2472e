"""What imports cannot show: where foreign keys point, that tables are explained, that receivers stay few."""

import ast

import pytest

from tests.architecture.tree import FOUNDATION, ORDER, SOURCE, python_files, short, syntax

django_apps = pytest.importorskip("django.apps")
MOST_RECEIVERS = 5


def own_models():
    if not django_apps.apps.ready:
        pytest.skip("Django does not start yet")
    return [model for model in django_apps.apps.get_models() if model.__module__.startswith("zhike.")]


def place_of(model) -> tuple[int, int]:
    """How far downstream a model stands: its room, and inside foundation its part."""
    parts = model.__module__.split(".")
    part = FOUNDATION.index(parts[2]) if parts[1] == "foundation" else 0
    return ORDER.index(parts[1]), part


def pointers():
    """Every relation of our models to another of our models."""
    for model in own_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            leads_out = field.is_relation and (field.many_to_one or field.one_to_one or field.many_to_many)
            if leads_out and field.concrete and target and target.__module__.startswith("zhike."):
                yield model, field, target


def test_foreign_keys_point_to_the_same_or_an_upstream_room():
    downstream = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model, field, target in pointers()
        if place_of(target) > place_of(model)
    ]

    assert not downstream


def test_a_foreign_key_into_another_room_leaves_no_name_there():
    named = [
        f"{model._meta.label}.{field.name}: related_name={field.remote_field.related_name!r}"
        for model, field, target in pointers()
        if place_of(target)[0] != place_of(model)[0] and not field.remote_field.hidden
    ]

    assert not named, 'use related_name="+"'


def test_every_model_is_explained():
    # Django writes a docstring of its own, "Name(field, field)", where there is none.
    silent = [
        model._meta.label
        for model in own_models()
        if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}(")
    ]

    assert not silent


def test_django_signals_stay_few():
    receivers = [
        f"{short(path)}:{node.lineno}" for path in python_files() for node in ast.walk(syntax(path)) if _connects(node)
    ]

    assert len(receivers) <= MOST_RECEIVERS, receivers


def _connects(node: ast.AST) -> bool:
    """``@receiver(...)``, or ``some_signal.connect(...)``."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = [getattr(call, "func", call) for call in node.decorator_list]
        return any(getattr(name, "id", getattr(name, "attr", "")) == "receiver" for name in names)
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
    if not is_call:
        return False
    owner = node.func.value  # type: ignore[attr-defined]
    name = getattr(owner, "attr", getattr(owner, "id", ""))
    return name.endswith(("_save", "_delete", "_init", "_migrate", "_changed", "_in", "_out", "_created", "_failed"))


def test_every_room_with_tables_has_migrations():
    missing = {
        model._meta.app_label
        for model in own_models()
        if model._meta.managed and not model._meta.proxy and not any((_package_of(model) / "migrations").glob("0*.py"))
    }

    assert not missing


def _package_of(model):
    return SOURCE.parent.joinpath(*django_apps.apps.get_app_config(model._meta.app_label).name.split("."))
