from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CorrespondConfig(AppConfig):
    """Fills in first templates after a migration, so that there is something to write with from the first day."""

    name = "zhike.correspond"
    label = "correspond"
    verbose_name = _("Messages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="correspond.seed")


def _seed(**kwargs: Any) -> None:
    from zhike.correspond.services.template import seed_defaults

    seed_defaults()
