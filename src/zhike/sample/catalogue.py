"""What the sample company sells: software, devices, training, consulting, service, and packages for persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhike.sample.draws import IntArray

FIRM_STYLES = ("software", "hardware", "training", "consulting", "mixed")


@dataclass(frozen=True)
class Product:
    """One article. ``price_minor`` is per unit, or per unit and month where ``is_monthly``."""

    product_id: int
    code: str
    name: str
    category: str  # software | hardware | training | consulting | service | package
    audience: str  # firm | person
    unit: str
    price_minor: int
    is_monthly: bool = False


_ROWS = """
SW-BASE|澜桥协同平台基础版|software|firm|套|6800
SW-PRO|澜桥协同平台专业版|software|firm|套|19800
SW-ENT|澜桥协同平台集团版|software|firm|套|128000
SW-SEAT|平台用户许可|software|firm|个|980
SW-DATA|数据分析模块|software|firm|套|26800
SW-STOCK|仓储管理模块|software|firm|套|18600
SW-FIN|费用管控模块|software|firm|套|15800
SW-SRM|供应商协同模块|software|firm|套|35800
SW-MES|车间报工模块|software|firm|套|46800
SW-API|接口调用包|software|firm|万次|360
SW-BI|经营驾驶舱模块|software|firm|套|58000
SW-SAFE|日志审计模块|software|firm|套|12800
HW-GATE|边缘采集网关|hardware|firm|台|3280
HW-SCAN|工业扫码终端|hardware|firm|台|1880
HW-PAD|车间工位平板|hardware|firm|台|2380
HW-LABEL|标签打印机|hardware|firm|台|1260
HW-SRV|一体机服务器|hardware|firm|台|68800
HW-AP|企业无线接入点|hardware|firm|台|760
HW-SW24|二十四口接入交换机|hardware|firm|台|2980
HW-MEET|视频会议终端|hardware|firm|台|9800
TR-BASE|管理员认证培训|training|firm|人|1680
TR-ONSITE|驻场操作培训|training|firm|天|4800
TR-DATA|数据分析师训练营|training|firm|人|3980
TR-CAMP|数字化转型公开课|training|firm|人|680
CO-DIAG|业务流程诊断|consulting|firm|次|36000
CO-PLAN|信息化规划咨询|consulting|firm|项|168000
CO-DAY|专家顾问服务|consulting|firm|人天|3600
CO-DATA|数据治理咨询|consulting|firm|项|98000
SV-YEAR|年度维护服务|service|firm|年|8800
SV-GOLD|金牌保障服务|service|firm|年|26000
SV-MOVE|系统迁移服务|service|firm|次|12000
SV-CUST|定制开发与实施|service|firm|项|50000
SB-CLOUD|协同平台云订阅|software|firm|用户|58|m
SB-DATA|数据分析云订阅|software|firm|用户|128|m
SB-LINE|企业互联网专线|service|firm|条|1280|m
SB-HOST|云主机托管|service|firm|台|460|m
SB-CARE|运维托管服务|service|firm|站点|980|m
PK-BB200|家庭宽带 200M 套餐|package|person|月|59|m
PK-BB500|家庭宽带 500M 套餐|package|person|月|99|m
PK-MIX129|融合套餐 129 档|package|person|月|129|m
PK-MIX199|融合套餐 199 档|package|person|月|199|m
PK-MIX299|融合套餐 299 档|package|person|月|299|m
PK-5G79|5G 畅享 79 档|package|person|月|79|m
PH-WIFI6|全屋无线路由器|hardware|person|台|329
PH-MESH|子母路由套装|hardware|person|套|699
PH-CAM|看家摄像头|hardware|person|台|199
PH-BOX|智能电视盒|hardware|person|台|259
PH-LOCK|智能门锁|hardware|person|把|1299
PH-PHONE|5G 手机(标准版)|hardware|person|台|2199
PH-PHONEX|5G 手机(旗舰版)|hardware|person|台|4599
PH-WATCH|儿童电话手表|hardware|person|块|599
PS-CLOUD|家庭云盘年卡|service|person|张|168
PS-TV|影视会员年卡|service|person|张|218
PS-INST|上门安装调测|service|person|次|80
PS-CARE|设备延保服务|service|person|份|99
PS-NET|家庭组网服务|service|person|次|199
PS-FLOW|流量加油包|service|person|个|30
PT-SENIOR|长辈智能手机课|training|person|次|39
"""


def _read() -> tuple[Product, ...]:
    products = []
    for number, line in enumerate(_ROWS.strip().splitlines(), start=1):
        code, name, category, audience, unit, price, *monthly = line.split("|")
        products.append(Product(number, code, name, category, audience, unit, int(price) * 100, bool(monthly)))
    return tuple(products)


PRODUCTS = _read()
BY_CODE = {product.code: product for product in PRODUCTS}

_IN_STYLE = {
    "software": {"software", "service"},
    "hardware": {"hardware", "service"},
    "training": {"training", "software"},
    "consulting": {"consulting", "training", "service"},
    "mixed": {"software", "hardware", "training", "consulting", "service"},
}


def on_sale(audience: str, style: str | None = None) -> tuple[IntArray, IntArray]:
    """Ids and prices of what is bought once, cheapest first; for a firm of one ``style`` only its kinds."""
    kinds = _IN_STYLE[style] if style else {product.category for product in PRODUCTS}
    chosen = [p for p in PRODUCTS if p.audience == audience and not p.is_monthly and p.category in kinds]
    chosen.sort(key=lambda product: (product.price_minor, product.product_id))
    return np.array([p.product_id for p in chosen]), np.array([p.price_minor for p in chosen])


def monthly(audience: str) -> tuple[IntArray, IntArray]:
    """Ids and monthly prices of what is subscribed to, in catalogue order."""
    chosen = [p for p in PRODUCTS if p.audience == audience and p.is_monthly]
    return np.array([p.product_id for p in chosen]), np.array([p.price_minor for p in chosen])
