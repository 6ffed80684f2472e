from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AutomateConfig(AppConfig):
    """Rules that people build, and what leaves for other systems."""

    name = "zhike.automate"
    label = "automate"
    verbose_name = _("Automation")
    default_auto_field = "django.db.models.BigAutoField"
