"""Two pairs of eyes: who wrote, proposed or handed in something does not decide on it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden


class OwnWork(Forbidden):
    """The viewer had a part in what is to be decided on."""

    code = "own_work"
    sentence = _("You wrote, proposed or handed in this yourself. Somebody else with the right to decide has to do it.")


def is_own(viewer: Viewer, *authors: int | None) -> bool:
    """Whether the viewer, or who a deputy stands in for, is one of the authors. The system has no work of its own."""
    return not {viewer.person_id, viewer.acts_for}.isdisjoint({author for author in authors if author is not None})


def require_other(viewer: Viewer, *authors: int | None) -> None:
    """Raise OwnWork if the viewer is one of the authors."""
    if is_own(viewer, *authors):
        raise OwnWork()
