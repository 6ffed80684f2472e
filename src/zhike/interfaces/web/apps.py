from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "zhike.interfaces.web"
    label = "web"

    def ready(self) -> None:
        from zhike.interfaces.web.company import services  # noqa: F401  registers its check
