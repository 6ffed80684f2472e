from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "zhike.foundation.messages"
    label = "notices"  # "messages" is Django's own
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"
