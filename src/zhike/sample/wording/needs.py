"""Trades, job titles, needs and the other short words of a customer file."""

from __future__ import annotations

from dataclasses import dataclass

from zhike.sample.wording.slots import pool


@dataclass(frozen=True)
class Trade:
    """One line of business: division of GB/T 4754, its name, and what such firms call themselves."""

    code: str
    name: str
    words: tuple[str, ...]
    weight: int


_TRADES = """
C34|通用设备制造业|精密机械 智能装备 传动设备 泵阀制造|90
C35|专用设备制造业|自动化设备 模具科技 包装机械|70
C36|汽车制造业|汽车零部件 汽车电子|60
C38|电气机械和器材制造业|电气设备 新能源材料 电机制造|70
C39|计算机、通信和其他电子设备制造业|电子科技 光电技术 半导体材料|85
C26|化学原料和化学制品制造业|新材料 精细化工|40
C27|医药制造业|生物制药 医药科技|40
C14|食品制造业|食品 食品科技|45
C18|纺织服装、服饰业|服饰 纺织科技|45
C21|家具制造业|家居 木业|25
C29|橡胶和塑料制品业|塑胶制品 高分子材料|30
F51|批发业|商贸 供应链管理 进出口贸易|95
F52|零售业|连锁超市 百货 电子商务|70
G54|道路运输业|物流 冷链运输|55
G59|装卸搬运和仓储业|仓储服务 供应链|30
H62|餐饮业|餐饮管理|30
H61|住宿业|酒店管理|20
I65|软件和信息技术服务业|软件 信息技术 网络科技|75
J66|货币金融服务|融资租赁 小额贷款|18
K70|房地产业|物业管理 置业|35
L72|商务服务业|企业管理咨询 会展服务 人力资源|50
M74|专业技术服务业|检测技术 工程设计|40
M73|研究和试验发展|生物技术研究 材料研究|18
E47|房屋建筑业|建筑工程|30
E50|建筑装饰、装修和其他建筑业|建筑装饰|24
P83|教育|教育科技 职业培训|30
Q84|卫生|医疗管理 口腔门诊|28
R86|新闻和出版业|文化传媒|18
N77|生态保护和环境治理业|环保科技 水务技术|26
D44|电力、热力生产和供应业|新能源 热力|18
A01|农业|农业科技 生态农业|24
"""


def _trades() -> tuple[Trade, ...]:
    rows = [line.split("|") for line in _TRADES.strip().splitlines()]
    return tuple(Trade(code, name, tuple(words.split()), int(weight)) for code, name, words, weight in rows)


TRADES = _trades()
LEGAL_FORMS = ("有限公司", "股份有限公司", "有限责任公司", "集团有限公司")
LEGAL_FORM_WEIGHTS = (78, 9, 8, 5)

# title, role in the decision, weight as first contact
TITLES = (
    ("总经理", "decider", 18), ("副总经理", "decider", 10), ("运营总监", "decider", 7),
    ("财务总监", "decider", 4), ("采购经理", "influencer", 16), ("信息主管", "influencer", 16),
    ("IT经理", "influencer", 14), ("财务主管", "influencer", 5), ("生产经理", "influencer", 4),
    ("行政主管", "user", 8), ("仓储主管", "user", 3), ("系统管理员", "user", 6),
    ("业务主办", "user", 4),
)  # fmt: skip

CHANNELS = ("转介绍", "展会", "官网", "内容推广", "电话开发", "门户网站", "行业论坛", "门店")
CHANNEL_WEIGHTS = ((26, 18, 17, 10, 14, 9, 6, 0), (22, 0, 20, 8, 12, 6, 0, 32))

FIRM_NEEDS = pool("""
{dept}和仓库数据对不上，希望一个平台看全；重视交付时间。
成本控制是首要目标，希望减少手工录入。
计划把{module}推广到分支机构，看重权限和数据安全。
现有系统老旧，年底前要完成替换，要求平滑迁移。
希望通过{product}提升{dept}效率，预算按年申报。
需要与财务软件对接，{module}是必选项。
看重本地服务，要求{days}小时内到场。
领导要看经营数据，先做看板再做流程。
多地办公，要求手机端好用。
客户审厂要求可追溯，需要{product}。
关注长期成本，希望按用户数付费。
新厂投产，信息化从零开始，需要整体方案。
""")
PERSON_NEEDS = pool("""
家里人多，看重{room}的网络覆盖。
想要便宜实惠的{package}。
在家办公，要求网络稳定。
孩子上网课，担心晚高峰卡顿。
给父母办，要求有人上门指导。
喜欢新设备，关注{device}活动。
经常出差，需要大流量。
希望手机和宽带合在一张账单。
""")
