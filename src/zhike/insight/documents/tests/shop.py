"""A small shop whose customers bear the names that break reports."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

NAMES = (
    "杭州明远科技有限公司",
    '=HYPERLINK("http://x","点我")',
    "@SUM(1+1)",
    "+86 公司",
    "-负号商贸",
    "\t制表符公司",
    "Ünïcode & <Söhne> GmbH",
    "一家名字特别特别特别特别特别特别特别特别特别特别特别特别特别长的有限责任公司",
    *(f"客户{i:03d}" for i in range(90)),
)


def write_shop(path: Path, seed: int = 3) -> Path:
    """Two and a half years of orders; every third customer stopped buying, some are cancelled or sent back."""
    draw = random.Random(seed)
    lines = ["客户名称,下单日期,金额,订单状态,负责人,行业"]
    for number, name in enumerate(NAMES):
        day, end = dt.date(2022, 1, 1) + dt.timedelta(days=draw.randrange(200)), dt.date(2024, 6, 30)
        stop = end - dt.timedelta(days=draw.randrange(100, 500)) if number % 3 == 0 else end
        scale = 40_000 if number % 10 == 0 else 2_000
        while day < stop:
            status = draw.choice(["已完成"] * 15 + ["已取消", "已退货"])
            amount = round(scale * draw.lognormvariate(0, 0.6), 2)
            quoted = '"' + name.replace('"', '""') + '"'
            lines.append(
                f"{quoted},{day},{amount},{status},{draw.choice(['张三', '李四'])},{draw.choice(['制造', '零售'])}"
            )
            day += dt.timedelta(days=int(draw.expovariate(1 / 45)) + 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
