"""The import contracts cover every room that exists."""

import configparser

import pytest

from tests.architecture.tree import FOUNDATION, ORDER, ROOT, SOURCE, rooms


@pytest.fixture(scope="module")
def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def layers(contracts, name):
    return contracts[f"importlinter:contract:{name}"]["layers"].split()


def test_layers_stand_in_the_order_of_the_law(contracts):
    stated = [layer.strip("()") for layer in layers(contracts, "rooms")]

    assert [name for name in reversed(stated) if name in ORDER] == sorted(
        stated, key=lambda name: (ORDER.index(name), name)
    )
    assert set(stated) == set(ORDER)


def test_parts_of_foundation_stand_from_low_to_high(contracts):
    stated = [layer.strip("()") for layer in layers(contracts, "foundation")]

    assert list(reversed(stated)) == FOUNDATION


@pytest.mark.parametrize(("name", "folder"), [("rooms", SOURCE), ("foundation", SOURCE / "foundation")])
def test_only_what_is_absent_stands_in_parentheses(contracts, name, folder):
    for layer in layers(contracts, name):
        exists = (folder / layer.strip("()") / "__init__.py").exists()

        assert exists != layer.startswith("("), f"{layer} in contract {name}"


def test_every_room_has_its_door(contracts):
    guarded = {section.removeprefix("importlinter:contract:door-") for section in contracts if ":door-" in section}

    assert guarded == set(rooms())
