"""Words for codes that customers carry: industry (sections of GB/T 4754), region (provinces of GB/T 2260), bands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.records import Choice

INDUSTRIES = tuple(
    Choice(code, label)
    for code, label in (
        ("A", _("Agriculture, forestry, animal husbandry and fishery")),
        ("B", _("Mining")),
        ("C", _("Manufacturing")),
        ("D", _("Electricity, heat, gas and water")),
        ("E", _("Construction")),
        ("F", _("Wholesale and retail")),
        ("G", _("Transport, storage and post")),
        ("H", _("Accommodation and catering")),
        ("I", _("Information, software and IT services")),
        ("J", _("Finance")),
        ("K", _("Real estate")),
        ("L", _("Leasing and business services")),
        ("M", _("Research and technical services")),
        ("N", _("Water, environment and public facilities")),
        ("O", _("Household, repair and other services")),
        ("P", _("Education")),
        ("Q", _("Health and social work")),
        ("R", _("Culture, sports and entertainment")),
        ("S", _("Public administration and social security")),
        ("T", _("International organisations")),
    )
)
REGIONS = tuple(
    Choice(code, label)
    for code, label in (
        ("110000", _("Beijing")), ("120000", _("Tianjin")), ("130000", _("Hebei")), ("140000", _("Shanxi")),
        ("150000", _("Inner Mongolia")), ("210000", _("Liaoning")), ("220000", _("Jilin")),
        ("230000", _("Heilongjiang")), ("310000", _("Shanghai")), ("320000", _("Jiangsu")), ("330000", _("Zhejiang")),
        ("340000", _("Anhui")), ("350000", _("Fujian")), ("360000", _("Jiangxi")), ("370000", _("Shandong")),
        ("410000", _("Henan")), ("420000", _("Hubei")), ("430000", _("Hunan")), ("440000", _("Guangdong")),
        ("450000", _("Guangxi")), ("460000", _("Hainan")), ("500000", _("Chongqing")), ("510000", _("Sichuan")),
        ("520000", _("Guizhou")), ("530000", _("Yunnan")), ("540000", _("Tibet")), ("610000", _("Shaanxi")),
        ("620000", _("Gansu")), ("630000", _("Qinghai")), ("640000", _("Ningxia")), ("650000", _("Xinjiang")),
        ("710000", _("Taiwan")), ("810000", _("Hong Kong")), ("820000", _("Macao")),
    )
)  # fmt: skip
TIERS = (
    Choice("high", pgettext_lazy("tier", "High value"), "strong", "diamond"),
    Choice("core", pgettext_lazy("tier", "Core"), "info", "square-rotated"),
    Choice("low", pgettext_lazy("tier", "Low value"), "neutral", "point"),
)
LIFECYCLES = (
    Choice("potential", pgettext_lazy("lifecycle", "Potential"), "neutral", "seedling"),
    Choice("developing", pgettext_lazy("lifecycle", "Developing"), "info", "trending-up"),
    Choice("new", pgettext_lazy("lifecycle", "New"), "info", "sparkles"),
    Choice("active", pgettext_lazy("lifecycle", "Active"), "good", "circle-check"),
    Choice("dormant", pgettext_lazy("lifecycle", "Dormant"), "warn", "zzz"),
    Choice("at_risk", pgettext_lazy("lifecycle", "At risk"), "bad", "alert-triangle"),
    Choice("lost", pgettext_lazy("lifecycle", "Lost"), "bad", "circle-x"),
)
RISKS = (
    Choice("high", pgettext_lazy("risk", "High"), "bad", "alert-octagon"),
    Choice("medium", pgettext_lazy("risk", "Medium"), "warn", "alert-triangle"),
    Choice("low", pgettext_lazy("risk", "Low"), "info", "info-circle"),
)
GROUPS = (
    Choice("strategic", pgettext_lazy("group", "Strategic"), "strong", "star"),
    Choice("potential", pgettext_lazy("group", "Potential"), "info", "trending-up"),
    Choice("ordinary", pgettext_lazy("group", "Ordinary"), "neutral", "point"),
)
STRATEGIES = (
    Choice("high_value", pgettext_lazy("strategy", "High value")),
    Choice("core", pgettext_lazy("strategy", "Core")),
    Choice("at_risk", pgettext_lazy("strategy", "At risk")),
    Choice("potential", pgettext_lazy("strategy", "Potential")),
    Choice("dormant", pgettext_lazy("strategy", "Dormant")),
)
