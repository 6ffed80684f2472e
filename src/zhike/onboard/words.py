"""What is missing, in sentences: the rules answer with codes, people read what to do."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

MISSING = {
    "sales_lead": _("Name the sales lead."),
    "implementation_manager": _("Name the implementation manager."),
    "service_representative": _("Name the service representative."),
    "milestones": _("Write at least one milestone with its day and delivery standard."),
    "delivery": _("Form the team and write the plan first."),
    "criteria": _("Write the acceptance criteria."),
    "test_environment": _("Name the test environment."),
    "rectification": _("Rectify what failed and record it; then it is tested again."),
    "acceptance": _("The customer has to accept first: record a passed acceptance test."),
}
