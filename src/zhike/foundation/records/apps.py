from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "zhike.foundation.records"
    label = "records"
