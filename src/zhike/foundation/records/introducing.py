"""Who somebody is, where work is given to them: the name with the posts and the department."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language, gettext

from zhike.foundation.access.matrix import posts
from zhike.foundation.access.models import PostHolding, held_on
from zhike.foundation.kit import clock
from zhike.foundation.records import names


def posts_held() -> dict[int, list[str]]:
    """The titles of everybody's posts today."""
    known, language = posts(), get_language() or "en"
    found: dict[int, list[str]] = {}
    for person_id, post in (
        PostHolding.objects.filter(held_on(clock.today())).order_by("pk").values_list("person_id", "post")
    ):
        if post in known:
            found.setdefault(person_id, []).append(known[post].title.said_in(language))
    return found


def introduced(name: str, titles: Sequence[str], department_id: int | None) -> str:
    """Who somebody is, where work is given to them: 陈敏 · 客户经理 · 销售一部."""
    department = names.departments.get(department_id)
    return " · ".join(filter(None, (name, gettext(", ").join(titles), department.name if department else "")))
