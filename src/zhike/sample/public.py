"""The door of the sample room."""

from zhike.sample.services.load import SampleLoaded, sample_load

__all__ = ["SampleLoaded", "sample_load"]
