"""What compliance asks for before a file becomes formal (B-30)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.comply.selectors import was_asked
from zhike.foundation import obligations


@obligations.gate("B-30", says={"notice_and_consent": _("Notice given and consent recorded")})
def _consent(*, customer_id: int, **_matter: Any) -> list[str]:
    """The customer was told the purpose and consented to be served."""
    return [] if was_asked(customer_id) else ["notice_and_consent"]
