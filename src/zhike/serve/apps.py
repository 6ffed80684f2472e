from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ServeConfig(AppConfig):
    """Fills in the usual holidays after a migration."""

    name = "zhike.serve"
    label = "serve"
    verbose_name = _("Service")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="serve.seed")


def _seed(**kwargs: Any) -> None:
    from zhike.serve.services.greeting_day import seed_days

    seed_days()
