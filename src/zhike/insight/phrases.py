"""The catalogue behind ``wording``: code → (Chinese, English), with the same placeholders in both."""

from __future__ import annotations

Pair = tuple[str, str]

_TIER: dict[str, Pair] = {
    "tier.spend_window": ("按最近一年订单金额分层。", "Tiered by the orders of the last year."),
    "tier.spend_annualised": ("订单不足一年，已折算成全年后分层。", "Less than a year of orders, scaled up to a year."),
    "tier.spend_short_history": (
        "订单不足一年，按已有金额分层，可能偏低。",
        "Less than a year of orders, tiered by what is there; it may be too low.",
    ),
    "tier.given_spend": ("按数据中给出的年消费分层。", "Tiered by the yearly spend stated in the data."),
    "tier.bill_times_12": ("按月账单乘以 12 分层。", "Tiered by twelve times the monthly bill."),
    "tier.foreign_currency": (
        "有其他币种的订单，无法相加，不分层。",
        "Some orders are in another currency and cannot be added up, so there is no tier.",
    ),
    "tier.not_yet_customer": ("尚未成交，不分层。", "Not a customer yet, so there is no tier."),
    "tier.no_spend_known": ("没有消费数据，不分层。", "Nothing is known of the spend, so there is no tier."),
}

_LIFECYCLE: dict[str, Pair] = {
    "lifecycle.known_lost": ("数据标明已流失。", "The data state that the customer has left."),
    "lifecycle.contract_not_renewed": (
        "合同已到期（{contract_end}）且未续签。",
        "The contract ended ({contract_end}) and was not renewed.",
    ),
    "lifecycle.no_order_lost": (
        "最近一次订单 {last_order_on}，已有 {months} 个月以上没有订单，视为流失。",
        "Last order on {last_order_on}, none for {months} months or more: counted as lost.",
    ),
    "lifecycle.no_order_at_risk": (
        "最近一次订单 {last_order_on}，已有 {months} 个月以上没有订单。",
        "Last order on {last_order_on}, none for {months} months or more.",
    ),
    "lifecycle.no_activity": (
        "最近一次订单 {last_order_on}，已有 {months} 个月以上既无订单也无登录。",
        "Last order on {last_order_on}; neither an order nor a login for {months} months or more.",
    ),
    "lifecycle.first_order_recent": (
        "首次订单 {first_order_on}，不满 {months} 个月。",
        "First order on {first_order_on}, less than {months} months ago.",
    ),
    "lifecycle.tenure_short": ("在网不满 {months} 个月。", "With us for less than {months} months."),
    "lifecycle.ordering": (
        "最近一次订单 {last_order_on}，正常往来。",
        "Last order on {last_order_on}; business as usual.",
    ),
    "lifecycle.signed": ("已签约，数据中没有订单记录。", "Signed; the data hold no orders."),
    "lifecycle.open_deal": ("有未结商机。", "A deal is open."),
    "lifecycle.in_contact": ("近期有联系，尚未成交。", "In contact lately, no order yet."),
    "lifecycle.no_contact_yet": ("没有订单，近期也没有联系。", "No order, and no contact lately."),
}

_STRATEGY: dict[str, Pair] = {
    "strategy.at_risk": (
        "处于流失风险，进入流失风险客户策略。",
        "At risk: the strategy for customers at risk applies.",
    ),
    "strategy.high_value": (
        "年消费达到高价值门槛，进入高价值客户策略。",
        "High value by yearly spend: the high-value strategy applies.",
    ),
    "strategy.dormant": ("沉睡，进入沉睡客户策略。", "Dormant: the strategy for dormant customers applies."),
    "strategy.core": ("年消费在中坚区间，进入中坚客户策略。", "Core by yearly spend: the core strategy applies."),
    "strategy.potential": (
        "未成交但多次咨询，进入潜力客户策略。",
        "No deal yet, several inquiries: the strategy for potential customers applies.",
    ),
    "strategy.lost": ("已流失，转入挽回，不在策略表内。", "Lost: win-back takes over from the strategy table."),
    "strategy.none": ("没有对应的策略行。", "No row of the strategy table applies."),
    "strategy.own": ("符合企业自有策略行的条件。", "Meets the condition of a row of the enterprise's own."),
}

_SIGNALS: dict[str, Pair] = {
    "no_order": (
        "已 {months} 个月以上无订单，最近一次是 {last_order_on}。",
        "No order for {months} months or more; the last one was on {last_order_on}.",
    ),
    "feature_use_drop": (
        "功能使用由上月 {before} 次降到本月 {now} 次，下降 {drop}。",
        "Feature use fell from {before} to {now} in a month, by {drop}.",
    ),
    "login_drop": (
        "登录由上月 {before} 次降到本月 {now} 次，下降 {drop}。",
        "Logins fell from {before} to {now} in a month, by {drop}.",
    ),
    "bill_drop": (
        "账单由 {before_minor} 降到 {now_minor}，下降 {drop}。",
        "The bill fell from {before_minor} to {now_minor}, by {drop}.",
    ),
    "order_amount_drop": (
        "订单金额由前期 {before_minor} 降到近期 {now_minor}，下降 {drop}。",
        "Orders fell from {before_minor} to {now_minor} from one period to the next, by {drop}.",
    ),
    "order_frequency_drop": (
        "订单数由前期 {before} 单降到近期 {now} 单，下降 {drop}。",
        "Orders fell from {before} to {now} from one period to the next, by {drop}.",
    ),
    "order_fluctuation": (
        "近期 {orders} 单各月金额起伏大，变异系数 {variation}。",
        "The monthly amounts of {orders} recent orders swing widely: coefficient of variation {variation}.",
    ),
    "complaints": (
        "{months} 个月内投诉 {count} 次（此前同期 {before} 次）。",
        "{count} complaints in {months} months ({before} in the period before).",
    ),
    "negative_feedback": ("满意度均分 {satisfaction}（满分 5 分）。", "Mean satisfaction {satisfaction} out of 5."),
    "open_matters": (
        "有 {count} 件事项超期未结，最久 {oldest_days} 天。",
        "{count} matters are open for too long, the oldest for {oldest_days} days.",
    ),
    "contacts_falling": (
        "互动由前期 {before} 次降到近期 {now} 次，下降 {drop}。",
        "Contacts fell from {before} to {now} from one period to the next, by {drop}.",
    ),
    "contract_ending": (
        "合同 {ends_on} 到期，还有 {days} 天，尚未续签。",
        "The contract ends on {ends_on}, in {days} days, and is not renewed.",
    ),
    "mention_competitor": (
        "{months} 个月内 {times} 次提到竞品。",
        "Named a competitor in {months} months: {times} ×.",
    ),
    "mention_price": (
        "{months} 个月内 {times} 次表示价格偏高。",
        "Called the price too high in {months} months: {times} ×.",
    ),
    "mention_slow_response": (
        "{months} 个月内 {times} 次表示服务响应慢。",
        "Called the service slow in {months} months: {times} ×.",
    ),
    "mention_budget_cut": (
        "{months} 个月内 {times} 次提到预算缩减。",
        "Spoke of a budget cut in {months} months: {times} ×.",
    ),
    "mention_reorganisation": (
        "{months} 个月内 {times} 次提到组织或联系人变动。",
        "Spoke of a change of organisation or contact in {months} months: {times} ×.",
    ),
    "unlikely_active": (
        "通常每 {gap} 天购买一次，已 {days} 天未购买；模型判断仍活跃的概率 {probability}。",
        "Usually buys every {gap} days and has not for {days}; still active by the model: {probability}.",
    ),
    "churn_probability": (
        "模型估计的流失概率为 {probability}，主要因素：{driver}。",
        "The model puts the probability of leaving at {probability}; main factor: {driver}.",
    ),
}

_HEALTH: dict[str, Pair] = {
    "health.stopped": ("订单已停，合作稳定性按停单计。", "Orders have stopped; stability counts as stopped."),
    "health.fluctuation": (
        "近期各月订单额变异系数 {value}。",
        "Coefficient of variation of recent monthly orders: {value}.",
    ),
    "health.order_trend": ("订单金额较前期变化 {change}。", "Order amount against the period before: {change}."),
    "health.rhythm": (
        "距上次订单为平常间隔的 {value} 倍。",
        "Time since the last order is {value} times the usual interval.",
    ),
    "health.bill_trend": ("账单较上期变化 {change}。", "Bill against the one before: {change}."),
    "health.complaints": ("观察期内投诉 {value} 次。", "Complaints in the window: {value}."),
    "health.open_matters": ("超期未结事项 {value} 件。", "Matters open for too long: {value}."),
    "health.satisfaction": ("满意度均分 {value}（满分 5 分）。", "Mean satisfaction {value} out of 5."),
    "health.contact_gap": ("距上次互动 {value} 天。", "Days since the last contact: {value}."),
    "health.contact_trend": ("互动次数较前期变化 {change}。", "Contacts against the period before: {change}."),
    "health.use_trend": ("功能使用较上月变化 {change}。", "Feature use against the month before: {change}."),
    "health.login_trend": ("登录较上月变化 {change}。", "Logins against the month before: {change}."),
    "health_stability": (
        "健康度低于警戒线，失分最多的是合作稳定性。",
        "Health is below its limit; cooperation stability lost most points.",
    ),
    "health_service": (
        "健康度低于警戒线，失分最多的是服务满意度。",
        "Health is below its limit; service satisfaction lost most points.",
    ),
    "health_interaction": (
        "健康度低于警戒线，失分最多的是互动频率。",
        "Health is below its limit; interaction frequency lost most points.",
    ),
    "health_usage": (
        "健康度低于警戒线，失分最多的是使用活跃度。",
        "Health is below its limit; usage lost most points.",
    ),
}

_NO_MODEL = "不给出拟合的客户价值。", "no fitted lifetime value is given."
_GAPS: dict[str, Pair] = {
    "currency.left_out": (
        "{orders} 笔订单使用其他币种（{currencies}），没有汇率，未计入 {currency} 金额；涉及 {customers} 位客户。",
        "{orders} orders in other currencies ({currencies}) are not counted in {currency}, for want of a rate; "
        "{customers} customers are concerned.",
    ),
    "rfm.no_orders": ("数据中没有订单，无法计算 RFM。", "The data hold no orders, so RFM cannot be computed."),
    "lifecycle.no_orders": (
        "数据中没有订单，生命周期只按合同、在网时长和已知结果判断。",
        "The data hold no orders; the lifecycle rests on contract, tenure and known outcome alone.",
    ),
    "tier.short_history": (
        "订单只覆盖 {months} 个月，不足 {window} 个月，年消费可能偏低。",
        "Orders cover only {months} of {window} months; yearly spend may be too low.",
    ),
    "tier.no_spend": (
        "{customers} 位客户没有消费数据，不分层。",
        "Nothing is known of the spend of {customers} customers; they have no tier.",
    ),
    "health.no_coverage": (
        "没有客户达到健康度所需的覆盖度；缺少：{missing}。",
        "No customer reaches the coverage that health needs; missing: {missing}.",
    ),
    "health.coverage": (
        "{of} 位客户中有 {customers} 位数据不足，不给健康度；整体缺少：{missing}。",
        "Of {of} customers {customers} have too few data for a health score; missing altogether: {missing}.",
    ),
    "health.thin": (
        "{customers} 位客户的健康度所依据的数据不足 {share}，只供参考，不触发预警；整体缺少：{missing}。",
        "Health of {customers} customers rests on less than {share} of its weight: it is shown but does not warn; "
        "missing altogether: {missing}.",
    ),
    "signals.no_usage": ("没有使用数据，未检查：{signals}。", "No usage data; not checked: {signals}."),
    "signals.no_bills": ("没有账单数据，未检查：{signals}。", "No bills; not checked: {signals}."),
    "signals.no_complaints": ("没有投诉数据，未检查：{signals}。", "No complaints; not checked: {signals}."),
    "signals.no_tickets": (
        "没有工单或满意度数据，未检查：{signals}。",
        "No tickets or satisfaction; not checked: {signals}.",
    ),
    "signals.no_interactions": ("没有互动记录，未检查：{signals}。", "No interactions; not checked: {signals}."),
    "signals.no_contracts": ("没有合同数据，未检查：{signals}。", "No contracts; not checked: {signals}."),
    "signals.no_orders": ("没有订单数据，未检查：{signals}。", "No orders; not checked: {signals}."),
    "clv.no_orders": ("没有订单，" + _NO_MODEL[0], "There are no orders; " + _NO_MODEL[1]),
    "clv.contractual": (
        "该行业客户受合同约束，购买模型不适用，" + _NO_MODEL[0],
        "Customers of this industry are bound by contract, which the purchase model does not fit; " + _NO_MODEL[1],
    ),
    "clv.history_short": (
        "订单历史只有 {months} 个月，至少需要 {needed} 个月，" + _NO_MODEL[0],
        "Order history covers {months} months, {needed} are needed; " + _NO_MODEL[1],
    ),
    "clv.too_few_repeat_customers": (
        "复购客户只有 {customers} 位，太少，" + _NO_MODEL[0],
        "Only {customers} customers bought again, which is too few; " + _NO_MODEL[1],
    ),
    "clv.span_too_short": (
        "可用于回测的时间太短，" + _NO_MODEL[0],
        "The time for a back-test is too short; " + _NO_MODEL[1],
    ),
    "clv.no_customers": ("没有可用的购买历史，" + _NO_MODEL[0], "There is no usable purchase history; " + _NO_MODEL[1]),
    "clv.no_repeat_customers": ("没有客户复购过，" + _NO_MODEL[0], "No customer bought again; " + _NO_MODEL[1]),
    "clv.not_converged": (
        "购买模型在这些数据上不收敛，" + _NO_MODEL[0],
        "The purchase model does not converge on these data; " + _NO_MODEL[1],
    ),
    "clv.backtest_tracking_error": (
        "回测不合格：预计复购 {expected} 次，实际 {real} 次，" + _NO_MODEL[0],
        "The back-test failed: {expected} repeat orders expected, {real} came; " + _NO_MODEL[1],
    ),
    "clv.backtest_correlation": (
        "回测不合格：模型分不清谁会复购（相关系数 {correlation}），" + _NO_MODEL[0],
        "The back-test failed: the model cannot tell who will buy again (correlation {correlation}); " + _NO_MODEL[1],
    ),
    "clv.value_linked": (
        "客户的购买次数与金额相关（{correlation}），超过上限 {limit}，" + _NO_MODEL[0],
        "How often and how much customers buy are related ({correlation}, limit {limit}); " + _NO_MODEL[1],
    ),
    "clv.spend_too_uneven": (
        "客户间金额相差过大，平均值不存在，" + _NO_MODEL[0],
        "Spend differs so much between customers that it has no mean; " + _NO_MODEL[1],
    ),
    "clv.alive_needs_repeat": (
        "{customers} 位客户只买过一次，模型无法判断其是否仍为客户。",
        "{customers} customers bought once only; the model cannot tell whether they are still customers.",
    ),
    "churn.no_outcome": (
        "数据中没有已知的流失结果，也没有足够的行为记录，不给流失概率。",
        "The data state no outcome and hold too little behaviour; no churn probability is given.",
    ),
    "churn.too_few": (
        "已知结果的客户 {customers} 位，其中流失 {churned} 位；"
        "至少需要 {customers_min} 位，流失与未流失各 {churned_min} 位，不给流失概率。",
        "Of {customers} customers with a known outcome {churned} left; {customers_min} are needed, "
        "{churned_min} of each kind. No churn probability is given.",
    ),
    "churn.weak": (
        "流失模型的 AUC 为 {auc}，低于 {needed}，不采用。",
        "The churn model's AUC is {auc}, below {needed}; it is not used.",
    ),
    "churn.one_class_only": (
        "{customers} 位客户结果相同，无法学习流失模型。",
        "All {customers} customers have the same outcome; no churn model can be learned.",
    ),
    "churn.no_customers": ("没有可用于学习流失模型的客户。", "There are no customers to learn a churn model from."),
    "churn.no_usable_columns": (
        "{customers} 位客户的资料中没有可用的字段，无法学习流失模型。",
        "The data of {customers} customers hold no usable column; no churn model can be learned.",
    ),
    "snapshot.no_snapshot": ("{folder} 不是快照文件夹。", "{folder} is not a snapshot."),
    "snapshot.no_tables": (
        "{folder} 中没有客户、订单或商机。",
        "{folder} holds neither customers nor orders nor deals.",
    ),
    "snapshot.missing_columns": ("表 {table} 缺少列：{columns}。", "Table {table} lacks columns: {columns}."),
}

SENTENCES: dict[str, Pair] = {**_TIER, **_LIFECYCLE, **_STRATEGY, **_SIGNALS, **_HEALTH, **_GAPS}
