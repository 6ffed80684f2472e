"""People, browsers and answers for tests of pages and API."""

from __future__ import annotations

import html
import itertools
import re
from typing import Any

from django.test import Client

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOBODY = "00000000-0000-7000-8000-000000000000"
_numbers = itertools.count(1)


def staff(*posts: str, **more: Any) -> Person:
    """A member of staff with ``posts`` who has chosen a password."""
    number = next(_numbers)
    person = person_add(username=f"test{number}", name=f"测试{number}", post_codes=posts, **more)
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return person


def signed_in(person: Person | None) -> Client:
    """A browser in which ``person`` is signed in; nobody for None."""
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client


def text_of(response: Any) -> str:
    """The whole body, of a streamed answer too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode("utf-8", errors="replace"))


def counters_in(page: str) -> dict[str, tuple[int, str]]:
    """The counters of a home page: what each counts, its number, and the list that it opens."""
    found = re.findall(
        r'<a class="z-tile[^"]*" href="([^"]*)"><strong>(?:<svg.*?</svg>)?([\d,]+)</strong><span>(.*?)</span>',
        page,
        re.S,
    )
    return {words.strip(): (int(number.replace(",", "")), html.unescape(link)) for link, number, words in found}


def problems_in(response: Any) -> dict[str, Any]:
    """What a form that came back complains of."""
    form = (response.context or {}).get("form")
    return {
        "status": response.status_code,
        "errors": form.errors.get_json_data() if form is not None else text_of(response)[:400],
    }
