import subprocess
import sys

import pytest

import zhike.analytics

HEAVY = ("sklearn", "pandas", "pyarrow", "django", "scipy.optimize", "duckdb")


@pytest.mark.parametrize("module", ["", *(f".{name}" for name in zhike.analytics.MODULES)])
def test_importing_a_module_loads_nothing_heavy(module):
    code = (
        f"import sys, zhike.analytics{module}; "
        f"print([name for name in {HEAVY!r} if name in sys.modules], 'numpy' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.split("]")[0] == "["
    if module == "":
        assert "False" in told


def test_modules_are_attributes_of_the_package():
    assert zhike.analytics.rfm.score is not None
    assert "clv" in dir(zhike.analytics)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = zhike.analytics.nothing
