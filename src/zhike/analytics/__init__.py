"""Customer mathematics over arrays: no Django, no database, nothing heavy until a function needs it.

Importing this package imports none of its modules: ``from zhike.analytics import bgnbd`` loads numpy
and what that module needs, ``zhike.analytics.bgnbd`` as an attribute works as well.
"""

import importlib
from types import ModuleType

MODULES = (
    "affinity",
    "bgnbd",
    "churn",
    "clv",
    "cluster",
    "diagnosis",
    "forecast",
    "gammagamma",
    "health",
    "histories",
    "leadscore",
    "ranking",
    "rfm",
    "sbg",
    "text",
    "uplift",
)

__all__ = list(MODULES)


def __getattr__(name: str) -> ModuleType:
    if name in MODULES:
        return importlib.import_module(f"zhike.analytics.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *MODULES])
