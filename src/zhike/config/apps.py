from django.apps import AppConfig


class ZhikeConfig(AppConfig):
    """The composition root: stands last, so that every room's models are there when it plugs them together."""

    name = "zhike.config"
    label = "zhike_config"
    verbose_name = "Zhike"

    def ready(self) -> None:
        from zhike.config.wiring import wire

        wire()
