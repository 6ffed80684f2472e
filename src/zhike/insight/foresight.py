"""What a change of a policy would move, as people read it: asked for here, computed by the worker (PLAT-10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from zhike.customers.public import GROUPS, LIFECYCLES, RISKS, TIERS
from zhike.foundation import jobs, policies
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.models import TEMPLATE_KEY
from zhike.foundation.policies.previews import Effect
from zhike.insight.models import Foresight, ForesightMove, NightRun
from zhike.insight.wording import title

_CHOICES = {"tier": TIERS, "group": GROUPS, "lifecycle": LIFECYCLES, "risk": RISKS}
# Health and warnings belong to one area of the matrix, value and strategy to the other.
_OF_HEALTH = ("risk", "warned")
_PAIRS = 5
_FAILED = ("failed", "skipped")


def foresee(viewer: Viewer, before: PolicySet, after: PolicySet) -> list[Effect]:
    """What the change between ``before`` and ``after`` would move; begins the computation where it is new."""
    key, value = _change(before, after)
    if not key:
        return [Effect("nothing", 0, _("This value is in force already."))]
    night = _newest_snapshot()
    if night is None:
        return [Effect("no_snapshot", 0, _("There is no snapshot yet: what the change would move can be said after "
                                           "the first night. Run one now with: zhike night"))]  # fmt: skip
    return _told(viewer, _asked(viewer, night, before, key, value))


def foreseen(viewer: Viewer, before: PolicySet, after: PolicySet) -> list[Effect]:
    """The same, as far as it was asked for already; the newest that was computed where several were."""
    found = Foresight.objects.filter(change=_digest(*_change(before, after))).order_by("-id")
    row = found.exclude(result=None).first() or found.first()
    return _told(viewer, row) if row is not None else []


def _change(before: PolicySet, after: PolicySet) -> tuple[str, Any]:
    """One number and its value, or the template's key and the selection that leads from one set to the other."""
    chosen = policies.Selection.between(before, after)
    if before.template != after.template or chosen.replacing or len(chosen.setting) > 1:
        return TEMPLATE_KEY, chosen.written()
    return chosen.setting[0] if chosen.setting else ("", None)


def _digest(*said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _newest_snapshot() -> NightRun | None:
    """The newest finished night whose snapshot is there."""
    for night in NightRun.objects.filter(state="done").order_by("-as_of")[:1]:
        if (settings.HOME / "snapshots" / night.as_of.isoformat() / "meta.json").is_file():
            return night
    return None


def _asked(viewer: Viewer, night: NightRun, before: PolicySet, key: str, value: Any) -> Foresight:
    """The foresight of this change, begun unless it is there; one that failed is begun anew."""
    made_from = [night.as_of.isoformat(), night.snapshot_digest, before.template, before.changes]
    known = {
        "key": key, "value": value, "change": _digest(key, value), "as_of": night.as_of,
        "asked_by_id": viewer.person_id,
    }  # fmt: skip
    digest = _digest(key, value, made_from)
    try:
        with transaction.atomic():
            row, fresh = Foresight.objects.select_related("work").get_or_create(digest=digest, defaults=known)
    except IntegrityError:
        row, fresh = Foresight.objects.select_related("work").get(digest=digest), False
    if row.result is None and (fresh or row.work is None or row.work.state in _FAILED):
        row.work = jobs.start("insight.foresee", viewer=viewer, arguments={"foresight": str(row.uid)})
        row.save(update_fields=["work"])
    return row


def _told(viewer: Viewer, row: Foresight) -> list[Effect]:
    if row.result is None:
        return [_running(row)]
    result = row.result
    effects = [_moved(viewer, row, name, pairs) for name, pairs in result["bands"].items() if name != "warned"]
    if pairs := result["bands"].get("warned"):
        effects.append(_warned(viewer, row, pairs))
    for name, count in result["numbers"].items():
        said = ngettext("%(count)s customer would get another %(measure)s.",
                        "%(count)s customers would get another %(measure)s.", count)  # fmt: skip
        effects.append(Effect(name, count, said % {"count": f"{count:,}", "measure": measure_words(name)}))
    basis = {"count": f"{result['customers']:,}", "day": row.as_of.isoformat()}
    if not effects:
        effects.append(Effect("nothing", 0, _("No customer would move.")))
    words = _("Computed over %(count)s customers of the snapshot of %(day)s. Nothing changes before the first night "
              "with the new value.")  # fmt: skip
    return [*effects, Effect("basis", result["customers"], words % basis)]


def _running(row: Foresight) -> Effect:
    work = row.work
    if work is not None and work.state in _FAILED:
        return Effect("failed", 0, _("The effect could not be computed. Ask for it again; IT finds the fault in the "
                                     "list of jobs."))  # fmt: skip
    share = work.progress if work is not None else 0.0
    steps = {
        "read": _("reading the snapshot"), "gather": _("gathering the facts"), "value": _("estimating values"),
        "churn": _("estimating churn"), "decide": _("deciding tiers, stages and warnings"),
        "write": _("comparing"), "done": _("comparing"),
    }  # fmt: skip
    doing = steps.get(work.message if work is not None else "", _("waiting for the worker"))
    return Effect("running", 0, _("Computing the effect: %(doing)s…") % {"doing": doing}, share=share)


def _moved(viewer: Viewer, row: Foresight, measure: str, pairs: Sequence[Sequence[Any]]) -> Effect:
    count = sum(pair[2] for pair in pairs)
    told = [f"{band_words(measure, was)} → {band_words(measure, now)} {n:,}" for was, now, n in pairs[:_PAIRS]]
    if len(pairs) > _PAIRS:
        told.append(_("others %(count)s") % {"count": f"{sum(pair[2] for pair in pairs[_PAIRS:]):,}"})
    words = ngettext("This would move %(count)s customer in %(measure)s: %(pairs)s",
                     "This would move %(count)s customers in %(measure)s: %(pairs)s", count)  # fmt: skip
    said = {"count": f"{count:,}", "measure": measure_words(measure), "pairs": _(", ").join(told)}
    return Effect(measure, count, words % said, _url(viewer, row, measure))


def _warned(viewer: Viewer, row: Foresight, pairs: Sequence[Sequence[Any]]) -> Effect:
    appear = sum(n for _was, now, n in pairs if now == "true")
    vanish = sum(n for _was, now, n in pairs if now != "true")
    words = _("Warnings: %(appear)s customers would be proposed who are not today, %(vanish)s would no longer be.")
    said = {"appear": f"{appear:,}", "vanish": f"{vanish:,}"}
    return Effect("warned", appear + vanish, words % said, _url(viewer, row, "warned"))


def _url(viewer: Viewer, row: Foresight, measure: str) -> str:
    """The list of those who move, for posts that read the measure, as long as the list is kept."""
    if not viewer.may(_area(measure), Level.BASIC) or not viewer.may(Area.PROFILE, Level.BASIC):
        return ""
    if not ForesightMove.objects.filter(foresight=row, measure=measure).exists():
        return ""
    return f"{reverse('foresight', args=[row.uid])}?measure={measure}"


def _area(measure: str) -> Area:
    return Area.HEALTH if measure in _OF_HEALTH else Area.STRATEGY


def measure_words(measure: str) -> str:
    """What a measure is called."""
    words = {
        "tier": _("value tier"), "group": _("customer group"), "lifecycle": _("lifecycle state"), "rfm": "RFM",
        "strategy_row": _("strategy row"), "risk": _("churn risk"), "warned": _("warning list"),
        "potential": _("potential"), "health": _("health"),
        "clv_handbook_minor": _("lifetime value (handbook)"), "clv_fitted_minor": _("lifetime value (fitted)"),
    }  # fmt: skip
    return words[measure]


def band_words(measure: str, code: str) -> str:
    """A band in words, as on every other page."""
    if measure == "warned":
        return _("proposed for a warning") if code == "true" else _("not proposed")
    if not code:
        return _("none")
    if measure == "strategy_row":
        try:
            return title(f"strategy:{code}", get_language() or "zh")
        except KeyError:
            return code
    return next((str(c.label) for c in _CHOICES.get(measure, ()) if c.code == code), code)


def foresight_moves(
    viewer: Viewer, uid: UUID, measure: str, *, offset: int = 0, size: int = 50
) -> tuple[Foresight, QuerySet[ForesightMove], int]:
    """Those who would move in ``measure`` and whom the viewer may see. Raises: Forbidden, NotFound."""
    row = Foresight.objects.filter(uid=uid).exclude(result=None).first()
    if row is None or row.result is None or measure not in row.result["bands"]:
        raise NotFound(uid=str(uid))
    viewer.require(_area(measure), Level.BASIC)
    rows = scope.visible(viewer, ForesightMove.objects.filter(foresight=row, measure=measure))
    return row, rows.order_by("before", "after", "id")[offset : offset + size], rows.count()
