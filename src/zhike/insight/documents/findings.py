"""The first page: what a manager should know before anything else."""

from __future__ import annotations

import math

import pyarrow.compute as pc

from zhike.insight.documents.report import Report

_TOP_SHARE = 0.2


def cards(report: Report) -> list[dict[str, str]]:
    """Four numbers: customers, yearly spend, customers warned, what is at stake with them."""
    whole = len(report.measures)
    warned = report.measures.filter(report.measures["warned"])
    spend, stake = report.total("spend_12m_minor"), pc.sum(warned["value_at_stake_minor"]).as_py()
    stages = report.counts("lifecycle")
    active = stages.get("active", 0) + stages.get("new", 0)
    share = stake / spend if spend and stake else None
    return [
        _card(report, "customers", f"{whole:,}", f"{report.term('stage', 'active')} {active:,}"),
        _card(report, "spend", report.short(spend), report.currency),
        _card(report, "warned", f"{len(warned):,}", report.percent(len(warned) / whole if whole else 0)),
        _card(report, "stake", report.short(stake) if len(warned) else "—", report.percent(share)),
    ]


def _card(report: Report, code: str, value: str, note: str) -> dict[str, str]:
    return {"name": report.words(f"pdf.{code}"), "value": value, "note": note}


def findings(report: Report) -> list[str]:
    """Sentences in the order in which a manager asks."""
    told = [_size(report), _tiers(report), _top(report), _stages(report), _warned(report), _clv(report), _churn(report)]
    told.append(_rejected(report))
    return [sentence for sentence in told if sentence]


def _size(report: Report) -> str:
    data = report.result.data
    orders = report.words("finding.no_orders")
    if data["first_order_on"]:
        n = pc.sum(report.measures["order_count"]).as_py() or 0
        span = {"first": data["first_order_on"], "last": data["last_order_on"]}
        orders = report.words("finding.orders", n=f"{n:,}", **span)
    day = report.intake.as_of.isoformat()
    return report.words("finding.size", n=f"{len(report.measures):,}", day=day, orders=orders)


def _tiers(report: Report) -> str:
    counts = report.counts("tier")
    if not counts.keys() - {None}:
        return ""
    core = f"{counts.get('core', 0):,}"
    if not counts.get("high"):
        hint = "" if report.intake.plan.asked.template else report.words("finding.template_hint")
        return report.words("finding.no_high", core=core, hint=hint)
    spend, whole = report.total("spend_12m_minor", pc.equal(report.measures["tier"], "high")), len(report.measures)
    everything = report.total("spend_12m_minor")
    return report.words(
        "finding.tiers",
        n=f"{counts['high']:,}",
        share=report.percent(counts["high"] / whole),
        spend=report.percent((spend or 0) / everything if everything else None),
        core=core,
    )


def _top(report: Report) -> str:
    spends = pc.drop_null(report.measures["spend_12m_minor"])
    everything = pc.sum(spends).as_py()
    if not everything or everything <= 0 or len(spends) < 10:
        return ""
    n = math.ceil(len(spends) * _TOP_SHARE)
    top = spends.take(pc.sort_indices(spends, sort_keys=[("", "descending")])[:n])
    spend = report.percent(pc.sum(top).as_py() / everything)
    return report.words("finding.top", n=f"{n:,}", share=report.percent(_TOP_SHARE, 0), spend=spend)


def _stages(report: Report) -> str:
    counts = report.counts("lifecycle")
    named = {stage: f"{counts.get(stage, 0):,}" for stage in ("dormant", "at_risk", "lost")}
    active = counts.get("active", 0) + counts.get("new", 0)
    return report.words("finding.stages", active=f"{active:,}", **named)


def _warned(report: Report) -> str:
    warned = report.measures.filter(report.measures["warned"])
    if not len(warned):
        return report.words("finding.no_warned")
    causes = top_causes(report, 1)
    return report.words(
        "finding.warned",
        n=f"{len(warned):,}",
        high=f"{pc.sum(pc.equal(warned['risk'], 'high')).as_py() or 0:,}",
        stake=report.short(pc.sum(warned["value_at_stake_minor"]).as_py()),
        cause=report.title(causes[0][0]) if causes else "—",
    )


def top_causes(report: Report, n: int) -> list[tuple[str, int]]:
    """The commonest main causes of the warned customers."""
    warned = report.measures.filter(report.measures["warned"])
    counts = pc.value_counts(pc.drop_null(warned["main_cause"])).to_pylist()
    ordered = sorted(counts, key=lambda item: (-item["counts"], item["values"]))
    return [(item["values"], item["counts"]) for item in ordered[:n]]


def _clv(report: Report) -> str:
    handbook = report.total("clv_handbook_minor")
    if handbook is None:
        return ""
    totals = [model.get("total") for model in report.result.fitted.values()]
    if not totals or None in totals:
        return report.words("finding.clv_handbook", handbook=report.whole(handbook))
    # Limits of several models add up to limits that are wide enough.
    said = {name: report.whole(sum(total[name] for total in totals if total)) for name in ("minor", "low", "high")}
    fitted = said.pop("minor")
    return report.words("finding.clv", handbook=report.whole(handbook), fitted=fitted, **said)


def _churn(report: Report) -> str:
    model = report.result.models.get("churn")
    mean = pc.mean(report.measures["churn_probability"]).as_py()
    if not model or mean is None:
        return ""
    return report.words("finding.churn", auc=f"{model['auc']:.3f}", mean=report.percent(mean))


def _rejected(report: Report) -> str:
    read = sum(file.read for file in report.intake.files)
    rejected = sum(file.rejected for file in report.intake.files)
    return report.words("finding.rejected", n=f"{rejected:,}", read=f"{read:,}") if rejected else ""
