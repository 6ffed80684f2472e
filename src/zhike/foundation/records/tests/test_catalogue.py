"""The data catalogue: made of the declarations, so that it cannot say anything else than what is done."""

from __future__ import annotations

import pytest

from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.records import catalogue
from zhike.foundation.records.testing import signed_in, staff, text_of

# Part of the fields are those that an enterprise has added.
pytestmark = pytest.mark.django_db


def test_every_personal_or_sensitive_field_says_why_on_which_ground_and_how_long() -> None:
    assert catalogue.undeclared() == []


def test_a_field_is_seen_by_the_posts_whose_level_reaches_it() -> None:
    listed = {one.key: {post.code for post in one.seen_by} for one in catalogue.fields()}

    full = {code for code, post in posts().items() if Level.FULL in post.areas.get(Area.PROFILE, ())}
    basic = {
        code for code, post in posts().items() if post.areas.get(Area.PROFILE, frozenset()) & {Level.BASIC, Level.FULL}
    }

    assert listed["customers.birthday"] == full
    assert listed["customers.name"] == basic
    assert full < basic


def test_a_sensitive_field_is_open_to_nobody() -> None:
    sensitive = [one for one in catalogue.fields() if one.klass is records.Klass.SENSITIVE]

    assert sensitive
    assert all(one.seen_by == () for one in sensitive)


@pytest.mark.django_db
@pytest.mark.requirement("SEC-04", proof="user")
def test_compliance_reads_the_catalogue_and_a_technician_does_not() -> None:
    page = signed_in(staff("compliance_specialist")).get("/comply/catalogue/?personal=1")

    assert page.status_code == 200
    assert "证件号码" in text_of(page)
    assert signed_in(staff("technical_team")).get("/comply/catalogue/").status_code == 403
