from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObligationsConfig(AppConfig):
    name = "zhike.foundation.obligations"
    label = "obligations"
    verbose_name = _("Duties")
    default_auto_field = "django.db.models.BigAutoField"
