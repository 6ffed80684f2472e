"""Words that carry a judgement or a topic, written for this product: what a new installation starts with.

Chinese words match inside the text, longest first; English ones as whole words by their beginning, so that
``delay`` finds ``delayed``. Weights: 1 clear, 2 strong, 0 for longer words that hold a shorter one and judge nothing.
"""


def _weighed(weight: float, words: str) -> dict[str, float]:
    return dict.fromkeys(words.split(), weight)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


JUDGEMENTS: dict[str, float] = {
    **_weighed(
        2.0,
        "很好 非常好 太好 完美 超值 惊喜 一流 极好 最好 好评 五星 无可挑剔 超级好 特别好 超赞 很棒 "
        "太棒 非常满意 强烈推荐",
    ),
    **_weighed(
        1.0,
        "好 不错 满意 喜欢 方便 干净 热情 周到 及时 快 迅速 准时 新鲜 好吃 美味 可口 舒适 舒服 温馨 "
        "便宜 实惠 划算 划得来 值得 推荐 专业 耐心 细心 贴心 负责 认真 礼貌 友好 友善 亲切 稳定 流畅 "
        "好用 易用 省心 放心 靠谱 可靠 清楚 清晰 高效 安静 整洁 宽敞 齐全 丰富 优惠 优质 优秀 出色 "
        "合理 到位 顺利 感谢 谢谢 赞 棒 香 给力 帮助 改善 提升 解决了 有用 性价比高 值 强大 漂亮 精致 "
        "足 大方 地道 正宗 称职 主动 用心 愉快 开心 高兴 信任 支持 下次还 还会 再来 老顾客 回头客 "
        "不贵 不差 不慢 不难 不吵 没问题 没有问题 不脏 不错过 还好 物超所值 不坏 挺好 蛮好",
    ),
    **_weighed(
        -1.0,
        "差 慢 坏 贵 脏 乱 吵 旧 臭 冷 凉 硬 难 破 少 烂 失望 不满 抱怨 投诉 问题 故障 错误 麻烦 糟 "
        "糟糕 难吃 难用 难闻 不便 延迟 拖延 拖 推诿 敷衍 冷漠 态度差 不理 无人 没人 粗鲁 恶劣 欺骗 骗 "
        "虚假 隐瞒 乱收费 退款 退货 赔偿 卡顿 卡 崩溃 死机 掉线 丢失 漏 漏发 破损 损坏 过期 变质 异味 "
        "噪音 霉 陈旧 简陋 狭小 拥挤 复杂 繁琐 混乱 不值 后悔 算了 等了 太久 催 小时 凑合 一般般 勉强 "
        "不过如此 将就 油腻 太咸 太淡 太油 没味道 没法 无法 不能 竟然 居然 生气 愤怒 无语 郁闷 遗憾 "
        "可惜 担心 害怕 不如 下降 取消 解约 流失 不再 再也不 缺 缺少 少了 送错 洒 洒了 拉肚子 蟑螂 "
        "头发 虫 半天 宰 坑 黑店 敲门 打折扣 名不副实 服务差 设施陈旧 不方便 不满意 不舒服 不干净 "
        "不好 不新鲜 不稳定 不及时 不专业 不清楚 不合理 不推荐 不值得 不喜欢 不好吃 不太好",
    ),
    **_weighed(
        -2.0,
        "很差 太差 极差 最差 非常差 差评 垃圾 恶心 太慢 坑人 骗子 难吃死 不会再 再也不会 忍无可忍 "
        "太失望 非常失望 差劲 一塌糊涂 受不了 无法忍受 太烂 气死",
    ),
    **_weighed(
        0.0,
        "好像 好几 好多 好久 不好意思 正好 只好 刚好 最好能 最好是 多少 至少 不少 难道 差不多 快递 "
        "凉菜 冷菜 值班 硬件 贵公司 贵司 足球",
    ),
    **_weighed(
        2.0,
        "great excellent perfect amazing awesome outstanding fantastic wonderful superb love best brilliant",
    ),
    **_weighed(
        1.0,
        "good nice satisf happy pleas clean friendly polite prompt quick fast fresh tasty delicious "
        "comfort cheap reasonable recommend professional patient helpful reliable stable smooth easy "
        "clear efficient quiet spacious thank appreciat improv solved useful worth intuitive "
        "responsive enjoy like glad",
    ),
    **_weighed(
        -1.0,
        "bad slow broken expensive dirty noisy late delay complain problem issue fault error bug poor "
        "disappoint rude ignor useless confus difficult crash fail miss lost damag wrong refund "
        "cancel unhappy unclear unreliable frustrat annoy overpric cold stale smell wait unacceptable "
        "regret lack nobody never unresolved",
    ),
    **_weighed(
        -2.0,
        "terrible horrible awful worst hate disgust unusable scam nightmare pathetic",
    ),
}

NEGATIONS_ZH = ("不是", "没有", "不怎么", "不够", "不太", "并不", "不算", "谈不上", "毫无", "不", "没", "未", "别")
NEGATIONS_EN = frozenset(
    {"not", "no", "never", "without", "hardly", "isn't", "wasn't", "don't", "doesn't", "didn't", "can't"}
)

TOPICS: dict[str, tuple[str, ...]] = {
    "service": _listed(
        "服务 客服 态度 接待 响应 回复 处理 售后 前台 服务员 专员 沟通 耐心 投诉 service support "
        "staff reply respon attitude agent helpdesk complain"
    ),
    "quality": _listed(
        "质量 品质 破损 损坏 故障 瑕疵 变质 异味 新鲜 味道 口味 做工 耐用 不合格 quality defect damag "
        "broken fault durab taste fresh"
    ),
    "price": _listed(
        "价格 价钱 费用 收费 贵 便宜 优惠 折扣 性价比 划算 预算 报价 price pric cost fee expensive "
        "cheap discount budget"
    ),
    "delivery": _listed(
        "送货 配送 物流 快递 发货 到货 交付 交期 送达 送餐 外卖员 骑手 延期 迟到 包装 deliver "
        "shipping shipment courier arriv late packag"
    ),
    "function": _listed(
        "功能 系统 软件 界面 操作 登录 页面 接口 版本 升级 卡顿 崩溃 报错 数据 导出 feature function "
        "system software interface login page crash bug export version"
    ),
    "training": _listed("培训 教程 手册 说明书 指导 学习 讲解 上手 training tutorial manual guide onboarding lesson"),
    "contract": _listed(
        "合同 续约 续费 条款 发票 开票 付款 账单 对账 退款 结算 contract renew invoice billing payment refund terms"
    ),
    "surroundings": _listed(
        "环境 房间 设施 卫生 位置 交通 停车 早餐 隔音 空调 门店 room location clean breakfast parking noise facilit"
    ),
}
