"""What the projects of the sample company deliver, and what their customers found when they tested."""

from __future__ import annotations

STEPS = (
    ("基础数据导入完成", "抽查 200 条记录，与原系统一致率不低于 99%"),
    ("系统上线试运行", "全部账号可登录，核心流程走通并留有记录"),
    ("培训与验收", "关键用户培训到场率 90% 以上，验收标准逐条通过"),
)
CRITERIA = (
    "全部已购账号可登录，权限与岗位一致\n"
    "导入的客户与订单数据抽查一致率不低于 99%\n"
    "月度报表在 3 秒内打开\n"
    "关键用户能独立完成日常操作"
)
ENVIRONMENT = "测试环境：test.example.com，测试账号已发给贵方项目联系人，有效期至验收结束。"
# What the customer named, and what was done about it.
COMPLAINTS = (
    ("月度报表打开要 8 秒左右，高峰时更慢。", "为报表查询增加索引并预先汇总，复测 2 秒内打开。"),
    ("有 3 个账号看不到自己部门的数据。", "更正部门与权限设置，逐一登录核对。"),
)
