from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentConfig(AppConfig):
    name = "zhike.segment"
    label = "segment"
    verbose_name = _("Segments and strategy")
    default_auto_field = "django.db.models.BigAutoField"
