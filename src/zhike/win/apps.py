from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WinConfig(AppConfig):
    name = "zhike.win"
    label = "win"
    verbose_name = _("Contracts")
    default_auto_field = "django.db.models.BigAutoField"
