"""What may run in production, and what may not."""

import pytest

from tools import licences


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3",
        "SSPL-1.0",
        "Server Side Public License",
        "LGPL-3.0-only AND GPL-2.0-only",
        "",
    ],
)
def test_refused(licence, monkeypatch):
    monkeypatch.setattr(licences, "_python_packages", lambda: [("thing", licence)])
    monkeypatch.setattr(licences, "_npm_packages", list)

    assert len(licences.problems()) == 1


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "Apache-2.0 OR BSD-3-Clause",
        "LGPL-3.0-only",
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "BSD License; Apache Software License; Mozilla Public License 2.0 (MPL 2.0)",
    ],
)
def test_allowed(licence, monkeypatch):
    monkeypatch.setattr(licences, "_python_packages", lambda: [("thing", licence)])
    monkeypatch.setattr(licences, "_npm_packages", list)

    assert licences.problems() == []


def test_every_locked_package_of_this_platform_is_judged():
    judged = {name for name, _ in licences._python_packages()}

    assert {"django", "psycopg", "duckdb", "typst"} <= judged
    assert licences.problems() == []
