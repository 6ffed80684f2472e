"""The public data beside the project; where they are absent their tests are skipped, but not in CI."""

import os
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).resolve().parents[4].parent / "shared" / "data"


def path(name: str) -> Path:
    found = FOLDER / name
    if not found.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"public data {name} are not beside the project")
    return found


def cdnow() -> pd.DataFrame:
    """2,357 customers: x, t_x, T in weeks, zbar in dollars, calibration to 1997-09-30."""
    return pd.read_csv(path("cdnow/cdnow_customers_summary_with_transactions.csv"))


def cdnow_purchases() -> pd.DataFrame:
    """The 1/10 sample, one row a purchase: customer, day."""
    rows = pd.read_csv(
        path("cdnow/CDNOW_sample.txt"),
        sep=r"\s+",
        header=None,
        names=["in_master", "customer", "day", "cds", "value"],
    )
    rows["day"] = pd.to_datetime(rows["day"].astype(str), format="%Y%m%d")
    return rows


def telco() -> pd.DataFrame:
    return pd.read_csv(path("telco-churn/Telco-Customer-Churn.csv"))
