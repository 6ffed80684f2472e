"""Events are the language between rooms: frozen, documented, and free of personal values."""

import dataclasses
import importlib
import inspect

import pytest

from tests.architecture.tree import SOURCE, python_files

PERSONAL = {"name", "phone", "mobile", "email", "address", "id_number", "birthday", "wechat"}


def event_classes():
    """Every dataclass that a module of zhike.events defines."""
    found = []
    for path in python_files():
        if path.parent == SOURCE / "events" and path.stem != "__init__":
            module = importlib.import_module(f"zhike.events.{path.stem}")
            found += [
                cls
                for _, cls in inspect.getmembers(module, inspect.isclass)
                if cls.__module__ == module.__name__ and dataclasses.is_dataclass(cls)
            ]
    return found


EVENTS = event_classes()


@pytest.mark.parametrize("event", EVENTS, ids=lambda cls: cls.__name__)
def test_event_is_frozen_and_documented(event):
    assert event.__dataclass_params__.frozen
    assert event.__doc__
    assert not event.__doc__.startswith(f"{event.__name__}(")


@pytest.mark.parametrize("event", EVENTS, ids=lambda cls: cls.__name__)
def test_event_carries_no_personal_value(event):
    assert not PERSONAL & {field.name for field in dataclasses.fields(event)}
