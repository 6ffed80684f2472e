from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ComplyConfig(AppConfig):
    """Fills in first notice texts after a migration, so that consent can be asked for from the first day."""

    name = "zhike.comply"
    label = "comply"
    verbose_name = _("Compliance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="comply.seed")


def _seed(**kwargs: Any) -> None:
    from zhike.comply.services.text import seed_defaults

    seed_defaults()
