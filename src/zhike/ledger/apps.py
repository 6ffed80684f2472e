from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "zhike.ledger"
    label = "ledger"
    verbose_name = _("Orders, bills and usage")
    default_auto_field = "django.db.models.BigAutoField"
