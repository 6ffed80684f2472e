from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "zhike.foundation.reports"
    label = "reports"
