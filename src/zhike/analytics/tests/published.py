"""The public data beside the project; where they are absent their tests are skipped, but not in CI."""

import os
from pathlib import Path

import pandas as pd
import pytest

_GIVEN = os.environ.get("ZHIKE_SHARED_DATA")
FOLDER = Path(_GIVEN) if _GIVEN else Path(__file__).resolve().parents[4].parent / "shared" / "data"


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


def hillstrom() -> pd.DataFrame:
    """64,000 customers: segment (three arms), recency, history, visit, conversion, spend."""
    name = "Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv.gz"
    return pd.read_csv(path(f"hillstrom/{name}"))


# Filled in after sales staff have worked the lead, so they know the outcome.
LEADS_LATER = (
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Last Activity",
    "Last Notable Activity",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
)


def leads() -> pd.DataFrame:
    """9,240 leads of an online school; ``Select`` is an untouched drop-down, so missing."""
    return pd.read_csv(path("x-education-leads/Leads.csv")).replace("Select", None)


def baskets() -> list[list[str]]:
    lines = path("groceries/groceries.csv").read_text(encoding="ascii").splitlines()
    return [line.split(",") for line in lines]


def reviews(name: str) -> pd.DataFrame:
    """Chinese reviews: label (1 content, 0 not), review."""
    return pd.read_csv(path(name)).dropna().reset_index(drop=True)


def car_remarks() -> tuple[list[str], list[set[str]]]:
    """Distinct remarks of car owners and their topics."""
    rows = pd.read_csv(path("ccf-car-opinions/train.csv"))
    grouped = rows.groupby("content", sort=True)["subject"].agg(set)
    return list(grouped.index), list(grouped)
