from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcquireConfig(AppConfig):
    name = "zhike.acquire"
    label = "acquire"
    verbose_name = _("Acquire")
    default_auto_field = "django.db.models.BigAutoField"
