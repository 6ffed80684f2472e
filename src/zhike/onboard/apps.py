from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardConfig(AppConfig):
    name = "zhike.onboard"
    label = "onboard"
    verbose_name = _("Onboard")
    default_auto_field = "django.db.models.BigAutoField"
