"""What the process keeps between requests must not outlive a test's database, whose numbers are used again."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

# The generated cases stand in the package, so that rooms can use them; their assertions should speak all the same.
pytest.register_assert_rewrite("zhike.foundation.records.testing")


@pytest.fixture(autouse=True)
def nothing_kept_between_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget the language that was spoken, and names and totals after each test that touched the database."""
    yield
    if settings.configured:
        translation.deactivate()
    if {"db", "transactional_db", "_django_db_helper"} & set(request.fixturenames):
        from zhike.foundation.records import names, saved, selector

        names.forget()
        selector.forget_totals()
        saved.forget()
        from zhike.segment.words import kept

        kept.forget()
        from zhike.automate import listening

        listening.forget()
