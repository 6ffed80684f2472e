from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SampleConfig(AppConfig):
    name = "zhike.sample"
    label = "sample"
    verbose_name = _("Sample company")
    default_auto_field = "django.db.models.BigAutoField"
