"""Tokens end with the account of their person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.staff import Ending, ends_with_account
from zhike.foundation.access.viewer import Viewer
from zhike.interfaces.api import tokens
from zhike.interfaces.api.models import ApiToken


def _count(person_id: int) -> int:
    return tokens.in_use(ApiToken.objects.filter(person=person_id)).count()


def _end(viewer: Viewer, person_id: int) -> int:
    """Who closes the account may end them; each is noted by itself."""
    found = list(tokens.in_use(ApiToken.objects.filter(person=person_id)).select_for_update(of=("self",)))
    for token in found:
        tokens.end_one(viewer, token)
    return len(found)


ends_with_account(Ending("tokens", _("tokens for programs"), _count, _end))
