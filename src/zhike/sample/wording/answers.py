"""How complaints and tickets of the sample company were answered: what was found, what was done, on what it rests."""

from __future__ import annotations

from typing import NamedTuple


class ComplaintAnswer(NamedTuple):
    """The investigation and the answer to a complaint."""

    finding: str
    responsible_party: str
    effect_scope: str
    solution: str
    basis: str
    opinion_text: str


_COMPLAINTS = {
    "price": ComplaintAnswer(
        "调价通知只发给了旧联系人，报价单没有列出上年价格。", "销售部", "仅该客户本次续费，未影响使用",
        "按原价续一年，并书面说明各项费用的变化。", "《价格与优惠管理办法》第6条：调价须提前 30 日书面告知",
        "说明清楚了，可以接受。",
    ),
    "slow_response": ComplaintAnswer(
        "工单转派后没有指定处理人，首次响应超出承诺时限。", "技术支持组", "该客户一个部门，约两个工作日",
        "指定专人处理并当日解决，后续一周每日回访一次。", "服务承诺第 3 条：技术问题 24 小时内给出解决方案",
        "有专人跟进，放心多了。",
    ),
    "quality": ComplaintAnswer(
        "升级包在该版本环境下缺少一项配置，出厂测试未覆盖。", "产品研发部", "同版本客户 3 家，均已通知",
        "当日补发修正版并核对数据，免费延长质保三个月。", "合同质量条款：验收后 12 个月内免费修复缺陷",
        "问题没有再出现，接受。",
    ),
    "service": ComplaintAnswer(
        "交接时未移交客户约定事项，到访与培训安排被遗漏。", "客户服务部", "仅该客户，未影响系统使用",
        "重新指定对接人，一周内补做遗漏的走访与培训。", "《客户服务规范》第4条：更换对接人须书面交接",
        "补上了就好。",
    ),
    "other": ComplaintAnswer(
        "内部流程环节过多，经办人未按约定日期提交。", "综合管理部", "仅该客户本次业务",
        "当日更正并寄出，向客户致歉，流程改为线上提醒。", "《业务受理规范》第8条：承诺办结日期须按期完成",
        "已经收到，没有别的意见。",
    ),
}  # fmt: skip
_TICKETS = {
    "technical": "远程检查后已修复：更新到当前版本并清除缓存，客户确认恢复正常。",
    "question": "已电话说明操作步骤，并把图文说明发到客户邮箱。",
    "change": "已按客户书面确认的内容完成变更，即日生效。",
    "billing": "已核对账单明细，差异更正后重新出账，并发送对账说明。",
    "install": "已按约定时间上门完成安装，现场测试通过，客户签字确认。",
}


def complaint_answer(cause: str) -> ComplaintAnswer:
    """The answer to a complaint with this cause."""
    return _COMPLAINTS.get(cause, _COMPLAINTS["other"])


def ticket_solution(category: str) -> str:
    """What was done about a ticket of this kind."""
    return _TICKETS[category]
