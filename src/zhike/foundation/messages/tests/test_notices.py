"""Notices in the application: told once, to the right people, in words."""

from __future__ import annotations

import pytest

from zhike.foundation import messages
from zhike.foundation.access.models import Person, Team
from zhike.foundation.access.people import viewer_of
from zhike.foundation.messages.models import Notice
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db


@messages.notice_words("test.news", "message-2")
def _news(words: dict[str, str], _language: str) -> tuple[str, str]:
    return f"News of {words['title']}", "in detail"


def test_a_person_is_told_once_of_one_thing_and_who_left_is_not_told() -> None:
    here, gone = staff("sales_lead"), staff("sales_lead")
    Person.objects.filter(pk=gone.pk).update(is_active=False)

    first = messages.tell([here.pk, gone.pk, None], "test.news", {"title": "A"}, link="/x/", about="1")
    again = messages.tell([here.pk], "test.news", {"title": "A"}, link="/x/", about="1")
    other = messages.tell([here.pk], "test.news", {"title": "B"}, link="/x/", about="2")

    assert (first, again, other) == (1, 0, 1)
    assert [n.words["title"] for n in messages.notices_of(viewer_of(here))] == ["B", "A"]


def test_colleagues_are_the_person_the_superior_and_the_team() -> None:
    lead, mate = staff("sales_lead"), staff("sales_specialist")
    seller = staff("sales_specialist", superior=lead)
    team = Team.objects.create(name="华东小组")
    team.members.set([mate])

    assert messages.colleagues_of(seller.pk, team_id=team.pk) == {seller.pk, lead.pk, mate.pk}
    assert messages.colleagues_of(lead.pk) == {lead.pk}
    assert messages.colleagues_of(None) == set()


def test_the_bell_counts_news_and_the_page_shows_and_takes_note_of_them() -> None:
    person, other = staff("sales_lead"), staff("sales_lead")
    client = signed_in(person)
    messages.tell([person.pk], "test.news", {"title": "<b>Lanshan</b>"}, link="/opportunities/", about="1")
    messages.tell([other.pk], "test.news", {"title": "Hidden"}, link="", about="1")

    assert 'href="/notices/"' in text_of(client.get("/shell/clock/"))
    first, second = text_of(client.get("/notices/")), text_of(client.get("/notices/"))

    assert '<a href="/opportunities/">News of &lt;b&gt;Lanshan&lt;/b&gt;</a>' in first
    assert "Hidden" not in first
    assert (first.count('class="is-new"'), second.count('class="is-new"')) == (1, 0)
    assert 'href="/notices/"' not in text_of(client.get("/shell/clock/"))
    assert Notice.objects.get(person=other).seen_at is None


def test_a_code_that_nobody_says_any_more_shows_itself() -> None:
    notice = Notice(code="gone.code", words={})

    assert messages.said(notice, "en").title == "gone.code"
