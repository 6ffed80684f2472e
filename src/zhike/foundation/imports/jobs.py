"""Work on imports that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.imports import reverting, services, work
from zhike.foundation.imports.models import Import, State
from zhike.foundation.jobs.work import Work


def _go_on(asked: Work, state: State, step: Callable[..., None]) -> None:
    """Go on where an earlier try stopped, as the person who asked, with the rights of today."""
    made = Import.objects.select_related("person__department").filter(uid=asked.arguments["import"]).first()
    if made is None or made.state != state:
        return
    if not made.person.is_active:
        work.stopped(made, work.gone(made))
        return
    step(made, asked.pieces)


@jobs.job("imports.check", title=_("Dry run of an import"), alone=False)
def check(asked: Work) -> None:
    """Try all rows out."""
    _go_on(asked, State.CHECKING, work.check)
    services.import_go_on(asked.arguments["import"])


@jobs.job("imports.run", title=_("Write an import"), alone=False)
def run(asked: Work) -> None:
    """Write what was accepted."""
    _go_on(asked, State.RUNNING, work.run)


@jobs.job("imports.revert", title=_("Revert an import"), alone=False)
def revert(asked: Work) -> None:
    """Take an import back."""
    _go_on(asked, State.REVERTING, reverting.revert)


@jobs.job("imports.empty", every="50 3 * * *", title=_("Delete the rows of old imports"))
def empty(_work: Work) -> dict[str, int]:
    """Keep uploaded rows no longer than the policy says."""
    return {"imports": services.imports_empty()}
