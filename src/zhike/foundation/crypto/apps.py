from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CryptoConfig(AppConfig):
    name = "zhike.foundation.crypto"
    label = "crypto"
    verbose_name = _("Vault of personal values")
    default_auto_field = "django.db.models.BigAutoField"
