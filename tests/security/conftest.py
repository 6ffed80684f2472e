"""A small enterprise under attack: two sales departments, and customers of both."""

import pytest

from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import signed_in


@pytest.fixture
def office(db: None) -> Office:
    """Departments, people with posts, no first passwords left."""
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


@pytest.fixture
def client_of(office: Office):
    """Somebody of the office, signed in."""
    return lambda name: signed_in(Person.objects.get(pk=office.people[name].pk))
