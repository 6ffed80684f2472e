from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    """Fills the calendar after each migration, so that an empty table never stands for "no holidays"."""

    name = "zhike.foundation.calendar"
    label = "calendar"
    verbose_name = _("Working calendar")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="calendar.seed")


def _seed(**kwargs: Any) -> None:
    from zhike.foundation.calendar.services import seed_known

    seed_known()
