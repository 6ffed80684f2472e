"""What each post works with all day: the rail shows it, the first thing first; the rest stands behind "More"."""

from __future__ import annotations

from zhike.foundation.reports.declare import every
from zhike.foundation.ui import nav

# Targets of entries and codes of records. A post without a line sees in the rail all that it may.
DAILY: dict[str, tuple[str, ...]] = {
    # market and sales
    "market_specialist": ("leads", "customers", "interactions", "strategies", "strategy_tasks", "consents"),
    "sales_specialist": (
        "leads", "opportunities", "contracts", "customers", "interactions", "retentions",
    ),
    "sales_consultant": ("opportunities", "contracts", "customers", "interactions", "orders"),
    "sales_lead": (
        "leads", "opportunities", "contracts", "customers", "projects", "retentions", "desk", "strategies",
        "churn",
    ),
    # customers
    "customer_manager": (
        "customers", "interactions", "opportunities", "contracts", "retentions", "desk", "tickets",
        "complaints", "strategy_tasks",
    ),
    "customer_specialist": ("customers", "interactions", "orders", "consents", "tickets"),
    "success_manager": (
        "customers", "interactions", "hand-overs", "tickets", "complaints", "retentions", "health_falls",
        "health_patrols", "opportunities",
    ),
    # numbers
    "data_specialist": ("desk", "warnings", "health_falls", "retentions", "churn", "nights", "customers", "matrix"),
    "data_analyst": ("churn", "nights", "desk", "retention_results", "matrix", "strategies", "customers"),
    "customer_analyst": ("matrix", "strategies", "customers", "churn", "desk", "retention_results"),
    # operations
    "operations_specialist": (
        "strategies", "strategy_tasks", "customers", "interactions", "leads", "automation", "rules", "rule_runs",
    ),
    "operations_planner": ("strategies", "strategy_tasks", "matrix", "customers"),
    "operations_analyst": ("churn", "retention_results", "desk", "strategies", "matrix", "complaints", "customers"),
    # service
    "service_representative": ("service_desk", "tickets", "complaints", "knowledge", "customers", "interactions"),
    "counter_staff": ("service_desk", "tickets", "complaints", "knowledge", "customers", "orders"),
    "service_supervisor": (
        "service_desk", "service_monitor", "tickets", "complaints", "knowledge", "customers", "health_falls",
    ),
    "support_engineer": ("service_desk", "tickets", "complaints", "knowledge", "customers"),
    "technical_team": ("service_desk", "tickets", "knowledge", "projects", "milestones"),
    "implementation_manager": ("projects", "milestones", "hand-overs", "contracts", "customers", "tickets"),
    "product_manager": ("tickets", "complaints", "knowledge", "churn", "strategies", "customers"),
    "training_lead": ("tickets", "knowledge"),
    # law, machines, direction
    "legal": ("contracts", "complaints", "consents", "consent-texts", "customers"),
    "compliance_specialist": ("consents", "consent-texts", "data_catalogue", "audit", "contracts", "policies"),
    "it_team": ("people", "departments", "organisation", "system", "policies", "flows", "automation", "webhooks",
                "data_catalogue"),
    "management": (
        "customers", "opportunities", "contracts", "complaints", "service_monitor", "retentions",
        "retention_results", "strategies", "policies",
    ),
}  # fmt: skip

for _post, _targets in DAILY.items():
    # Reports last, for the posts to which one is addressed.
    nav.works_with(_post, *_targets, *(("reports",) if any(r.is_addressed_to(_post) for r in every()) else ()))
