"""Fills templates such as ``{module}打不开`` with words from lists, the same way every time."""

from __future__ import annotations

import re

from zhike.sample.draws import TextArray, texts

_WORDS = {
    "module": "报表模块 审批流程 移动端 数据看板 仓储模块 客户门户 权限设置 供应商协同 费用报销 消息提醒 车间报工",
    "dept": "采购部 财务部 信息部 销售部 生产部 行政部 仓储部 质量部 人事部 项目部",
    "title": "总经理 采购经理 信息主管 财务主管 运营总监 IT经理 生产副总 行政主管 项目经理",
    "when": "下周一 本周五前 月底前 下月初 节后 两周内 下周三下午 这个季度内 十五号之前",
    "day": "周六 周日 明天 后天 下周一 下周三 十五号 二十号 月底",
    "n": "2 3 4 5 6 8 10 12 15 20",
    "few": "两 三 四 五",
    "days": "3 4 5 6 7 8 9 10 12 14",
    "pct": "8% 10% 12% 15% 18% 20% 25%",
    "cut": "15% 20% 30% 40% 三分之一 一半",
    "product": "数据分析模块 边缘采集网关 年度维护服务 平台用户许可 费用管控模块 企业互联网专线 驻场操作培训",
    "kit": "边缘采集网关 扫码终端 标签打印机 工位平板 无线接入点 视频会议终端 一体机服务器",
    "plan": "协同平台云订阅 数据分析云订阅 企业互联网专线 云主机托管 运维托管服务",
    "rival": "另一家供应商 同城的一家服务商 一家做云平台的厂商 集团指定的供应商 之前接触过的厂家",
    "package": "500M宽带 千兆宽带 融合套餐 5G套餐 家庭组网 影视会员 云盘年卡 亲情号 国际漫游包",
    "line": "300M宽带 500M宽带 千兆宽带 融合套餐 家庭组网",
    "device": "路由器 看家摄像头 智能门锁 电视盒 手机 电话手表 平板 智能音箱 投影仪",
    "fee": "20 25 30 36 39 48 50 58 66 80 99 120",
    "room": "主卧 书房 客厅 次卧 厨房 阳台 老人房",
}
WORDS = {name: tuple(words.split()) for name, words in _WORDS.items()}
_SLOT = re.compile(r"\{(\w+)\}")


def _filled(template: str, turn: int) -> str:
    """``template`` with its slots filled: one word per name, each name walking its list at its own pace."""
    names = list(dict.fromkeys(_SLOT.findall(template)))
    chosen = {}
    for step, name in enumerate(names):
        words = WORDS[name]
        chosen[name] = words[(turn * (2 * step + 1) + 5 * step + len(template)) % len(words)]
    return template.format(**chosen)


def pool(templates: str, turns: int = 12) -> TextArray:
    """Every line of ``templates`` filled up to ``turns`` times, without repeats."""
    found: dict[str, None] = {}
    for template in templates.strip().splitlines():
        for turn in range(turns if "{" in template else 1):
            found.setdefault(_filled(template.strip(), turn))
    return texts(list(found))
