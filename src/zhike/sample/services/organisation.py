"""The sample company's people: departments, staff with their posts, one first password each."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import department_add, person_add
from zhike.sample.organisation import Department as SampleDepartment
from zhike.sample.organisation import StaffMember

# Without letters and digits that look alike: people type these passwords from a terminal.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Login:
    """How one member of staff signs in for the first time."""

    post: str
    username: str
    password: str
    name: str


@dataclass(frozen=True)
class Organisation:
    """Database ids of staff by sample id and of departments by sample id, and the logins made."""

    staff: dict[int, int]
    departments: dict[int, int]
    logins: list[Login]


@transaction.atomic
def organisation_load(
    *, departments: Sequence[SampleDepartment], staff: Sequence[StaffMember], language: str
) -> Organisation:
    """Add departments and people in the order of the chart. Passwords are random and must be changed at once."""
    made: dict[str, Department] = {}
    for entry in departments:
        parent = made[entry.parent] if entry.parent else None
        made[entry.code] = department_add(name=entry.name, parent=parent, external_id=f"sample:{entry.code}")
    people: dict[str, Person] = {}
    logins: list[Login] = []
    served: set[tuple[str, str]] = set()
    for member in staff:
        # Hashing a password is slow on purpose: one person per post and department gets one, the others sign in
        # by the link that an administrator prints for them.
        wanted = {(post, member.department) for post in member.posts} - served
        password = new_password() if wanted else None
        people[member.login] = person_add(
            username=member.login, name=member.name, post_codes=member.posts, department=made[member.department],
            password=password, language=language, origin="sample",
        )  # fmt: skip
        if password is not None:
            served |= wanted
            logins += [Login(post, member.login, password, member.name) for post in member.posts]
    for member in staff:
        if member.superior:
            Person.objects.filter(pk=people[member.login].pk).update(superior=people[member.superior])
    return Organisation(
        staff={member.staff_id: people[member.login].pk for member in staff},
        departments={entry.department_id: made[entry.code].pk for entry in departments},
        logins=logins,
    )


def new_password() -> str:
    """Three groups of five letters and digits: 74 bits, easy to type."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
