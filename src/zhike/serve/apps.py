from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServeConfig(AppConfig):
    name = "zhike.serve"
    label = "serve"
    verbose_name = _("Service")
    default_auto_field = "django.db.models.BigAutoField"
