import subprocess
import sys

HEAVY = ("duckdb", "ibis", "pandas", "sklearn", "scipy", "pyarrow")


def test_the_door_of_insight_loads_nothing_heavy_and_no_framework():
    program = f"import sys, zhike.insight.public; print([m for m in {(*HEAVY, 'django')!r} if m in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
