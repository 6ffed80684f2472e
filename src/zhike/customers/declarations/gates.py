"""What customers ask for before a file becomes formal (B-30); compliance asks for notice and consent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations


@obligations.gate("B-30", title=_("A file becomes formal"), says={"identity_verified": _("Identity verified")})
def _identity(*, verified_by: str, **_matter: Any) -> list[str]:
    """Who makes the file formal says by what the identity was verified."""
    return [] if verified_by else ["identity_verified"]
