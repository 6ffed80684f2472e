"""All addresses: the shell, sign-in, the hand-made pages of the rooms, then every declared kind of record."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.records import urls as records_urls
from zhike.foundation.reports.reading import reports_of
from zhike.foundation.ui import nav
from zhike.interfaces.web import sign_in
from zhike.interfaces.web.views import (
    approvals,
    audit,
    calendars,
    catalogue,
    custom_fields,
    deputies,
    duties,
    flows,
    health,
    help,
    home,
    leaving,
    me,
    notices,
    organisation,
    policies,
    policy_effects,
    search,
    shares,
    start,
    styleguide,
    system,
    templates,
    why,
)

nav.add(
    nav.Section.HOME,
    nav.Entry(_("Home"), "home", "home", order=1),
    nav.Entry(_("Tasks"), "tasks", "checklist", order=2),
    nav.Entry(_("Approvals"), "approvals", "checkup-list", order=3),
    nav.Entry(_("Notices"), "notices", "bell", order=4),
)
nav.add(
    nav.Section.SETTINGS,
    nav.Entry(_("Policies"), "policies", "adjustments", Area.SETTINGS, order=10),
    nav.Entry(_("Industry templates"), "templates", "template", Area.SETTINGS, order=11),
    nav.Entry(_("Approval flows"), "flows", "sitemap", Area.SETTINGS, order=15),
    nav.Entry(_("Organisation"), "organisation", "schema", Area.SETTINGS, order=20),
    nav.Entry(_("Custom fields"), "custom_fields", "pencil-plus", Area.SETTINGS, order=25),
    nav.Entry(_("Imports"), "imports", "upload", Area.SETTINGS, Level.EDIT, order=30),
    nav.Entry(_("System status"), "system", "activity-heartbeat", Area.SETTINGS, order=90),
)
nav.add(
    nav.Section.REPORTS,
    nav.Entry(_("Reports"), "reports", "report", order=10, when=lambda viewer: bool(reports_of(viewer))),
)
nav.add(nav.Section.CUSTOMERS, nav.Entry(_("Recycle bin"), "bin", "trash", Area.PROFILE, Level.EDIT, order=95))
nav.add(nav.Section.COMPLY, nav.Entry(_("Audit log"), "audit", "history", Area.CONSENT, Level.FULL, order=10))

nav.add(
    nav.Section.COMPLY,
    nav.Entry(_("Data catalogue"), "data_catalogue", "list-details", Area.CONSENT, order=5),
)

shell: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("tasks/", duties.tasks, name="tasks"),
    path("approvals/", approvals.boxes, name="approvals"),
    path("approvals/many/", approvals.many, name="approvals_many"),
    path("approvals/flows/", flows.flows, name="flows"),
    path("approvals/flows/<slug:code>/", flows.flow, name="flow"),
    path("approvals/<uuid:uid>/", approvals.one, name="approval"),
    path("deputies/", deputies.page, name="deputies"),
    path("deputies/oneself/", deputies.be_oneself, name="be_oneself"),
    path("deputies/<uuid:uid>/end/", deputies.end, name="deputy_end"),
    path("deputies/<uuid:uid>/act/", deputies.stand_in, name="stand_in"),
    path("shares/", shares.page, name="shares"),
    path("help/", help.page, name="help"),
    path("shares/<uuid:uid>/end/", shares.end, name="share_end"),
    path("me/calendar/", calendars.page, name="calendar_feed"),
    path("calendar/<str:token>.ics", calendars.read, name="calendar"),
    path("notices/", notices.notices, name="notices"),
    path("shell/clock/", duties.clock_face, name="clock"),
    path("search/", search.search, name="search"),
    path("me/", me.me, name="me"),
    path("me/mail/", me.notices_by_mail, name="notices_by_mail"),
    path("me/push/", me.notices_by_push, name="notices_by_push"),
    path("me/security/", me.security, name="security"),
    path("me/security/later/", me.security_later, name="security_later"),
    path("shell/theme/", me.theme, name="theme"),
    path("shell/language/", me.language, name="language"),
    path("policies/", policies.rooms, name="policies"),
    path("policies/templates/", templates.templates, name="templates"),
    path("policies/templates/beside/", templates.side_by_side, name="templates_beside"),
    path("policies/templates/<uuid:uid>/back/", templates.take_back, name="template_back"),
    path("policies/templates/<str:template>/", templates.one, name="template"),
    path("policies/effect/", policy_effects.effect, name="policy_effect"),
    path("policies/<uuid:uid>/decide/", policies.decide, name="policy_decide"),
    path("policies/<uuid:uid>/call-off/", policies.call_off, name="policy_call_off"),
    path("policies/<str:key>/", policies.one, name="policy"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("why/<slug:code>/<uuid:uid>/", why.mine, name="why"),
    path("people/<uuid:uid>/why/", why.of_person, name="why_of_person"),
    path("people/<uuid:uid>/leaving/", leaving.page, name="leaving"),
    path("leavings/<uuid:uid>/", leaving.report, name="leaving_report"),
    path("custom-fields/", custom_fields.listing, name="custom_fields"),
    path("custom-fields/new/", custom_fields.new, name="custom_field_new"),
    path("custom-fields/<uuid:uid>/", custom_fields.one, name="custom_field"),
    path("people/<uuid:uid>/link/", organisation.sign_in_link, name="sign_in_link"),
    path("audit/", audit.log, name="audit"),
    path("audit/chain/", audit.chain, name="audit_chain"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("comply/catalogue/", catalogue.data_catalogue, name="data_catalogue"),
    path("system/", system.system_page, name="system"),
    path("system/replay/", system.replay, name="system_replay"),
    path("system/jobs/<uuid:uid>/again/", system.run_again, name="run_again"),
    path("metrics", system.metrics, name="metrics"),
    path("start/<str:token>/", start.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include(sign_in.patterns())),
]


def rooms() -> list[URLPattern | URLResolver]:
    """``urlpatterns`` of each installed room's ``web.urls``."""
    found: list[URLPattern | URLResolver] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.web"
        if not config.name.startswith("zhike.") or config.name.startswith("zhike.interfaces"):
            continue
        if find_spec(name) is not None and find_spec(f"{name}.urls") is not None:
            found.extend(import_module(f"{name}.urls").urlpatterns)
    return found


urlpatterns = [*shell, *rooms(), *records_urls.patterns()]
