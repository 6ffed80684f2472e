"""Which tests run: once for each database, browsers where there is one, shared data where it is."""

import inspect
import os
from pathlib import Path

import django.test
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "django_db_setup",
    "live_server",
    "admin_user",
}
IN_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--only-database``."""
    parser.addoption(
        "--only-database",
        action="store_true",
        help="run only the tests that touch a database (for the second database of a run)",
    )


def touches_database(item: pytest.Item) -> bool:
    """Whether the test asks for a database, by mark, fixture or base class."""
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    case = getattr(item, "cls", None)
    return inspect.isclass(case) and issubclass(case, django.test.TransactionTestCase)


def shared_data() -> Path | None:
    """The folder of public data beside the project, or None: ``ZHIKE_SHARED_DATA``, else a sibling folder."""
    given = os.environ.get("ZHIKE_SHARED_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the items of this run, and skip those whose data is not on this machine."""
    if config.getoption("--only-database"):
        kept = [item for item in items if touches_database(item) and not item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    if shared_data() is None and not IN_CI:
        absent = pytest.mark.skip(reason="the public data is not beside the project")
        for item in items:
            if item.get_closest_marker("shared_data"):
                item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data; a test that needs it fails in CI and is skipped elsewhere when it is absent."""
    folder = shared_data()
    if folder is None:
        if IN_CI:
            pytest.fail("the public data is not beside the project")
        pytest.skip("the public data is not beside the project")
    return folder
