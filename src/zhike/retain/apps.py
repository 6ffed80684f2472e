from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetainConfig(AppConfig):
    name = "zhike.retain"
    label = "retain"
    verbose_name = _("Retention")
    default_auto_field = "django.db.models.BigAutoField"
