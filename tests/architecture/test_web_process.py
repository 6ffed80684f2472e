"""The web process stays small: the heavy libraries of the night are not loaded to show a page."""

import os
import subprocess
import sys

HEAVY = ("duckdb", "ibis", "sklearn", "scipy", "pandas", "typst", "polars", "pyspark", "xlsxwriter")
LOAD = """
import importlib.abc, sys, traceback
class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in HEAVY:
            stack = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_stack()]
            ours = [place.rpartition("/zhike/")[2] for place in stack if "/zhike/" in place]
            print(name, "by", " > ".join(ours[-3:]) or "a package")
sys.meta_path.insert(0, Watch())
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from django.urls import get_resolver
def walk(patterns):
    for pattern in patterns:
        walk(getattr(pattern, "url_patterns", ()))
walk(get_resolver().url_patterns)
"""


def test_web_process_loads_no_heavy_library(tmp_path):
    environment = {**os.environ, "ZHIKE_HOME": str(tmp_path), "ZHIKE_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "zhike.config.settings"

    program = [sys.executable, "-c", LOAD.replace("HEAVY", repr(HEAVY))]
    loaded = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert loaded.returncode == 0, loaded.stderr[-2000:]
    assert loaded.stdout.splitlines() == []
