from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "zhike.foundation.access"
    label = "access"
    verbose_name = _("People and permissions")
    default_auto_field = "django.db.models.BigAutoField"
