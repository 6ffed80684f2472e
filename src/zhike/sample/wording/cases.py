"""Tickets and complaints in the words of those who write them."""

from __future__ import annotations

from functools import cache

from zhike.sample.draws import TextArray
from zhike.sample.wording.slots import pool

# One line: subject|text
_TICKETS_FIRM = {
    "technical": """
{module}打不开|今天上午起{module}一直转圈，换浏览器也不行，{dept}{n}个人都一样，请尽快看一下。
{module}数据不对|{module}里上月合计和我们自己算的差{n}笔，麻烦核对取数口径。
导出失败|{module}导出表格提示超时，数据量大概{n}万行，月底要用。
{kit}离线|{kit}从昨晚开始离线，现场重启过，指示灯还是红的。
接口报错|和财务软件的接口今天返回错误，{n}张单据没有传过去。
登录很慢|{dept}反映登录要等半分钟以上，网络我们查过没有问题。
手机端闪退|更新之后手机端打开{module}就退出，安卓和苹果都有。
消息收不到|审批提醒收不到，{title}那边也一样，设置没有动过。
打印错位|标签打印出来往左偏，换纸也一样，影响发货。
权限异常|新来的同事看得到别的部门的数据，请查一下权限配置。
""",
    "question": """
{module}怎么设置|想按{dept}分别设置{module}的审批人，在哪里改？
如何批量导入|有{n}百条供应商资料，怎么一次导入{module}？
字段能不能加|{module}里想加两个自定义字段，我们自己能加吗？
试用延期|{product}试用快到期了，{title}还没看完，能不能延两周？
培训安排|{dept}新来{n}人，想了解最近的培训时间。
报表口径咨询|看板上的“在途”是按下单还是按发货算？
备份说明|审计要求提供数据备份说明，请发一份盖章的。
功能咨询|{module}支不支持多币种？{when}要给领导答复。
""",
    "change": """
增加账号|请给{dept}增加{n}个账号，名单见附件。
变更管理员|原管理员离职，请把管理员改为新的{title}。
订阅调整|想把{plan}的数量调整为{n}，{when}生效。
变更联系人|我司对接人有变，请更新联系电话和邮箱。
停用账号|{dept}有{n}个账号不用了，请停用并保留数据。
""",
    "billing": """
{plan}的账单|{plan}这个月按{n}份计费，我们实际用得没有这么多，请核实。
发票没收到|{when}财务要入账，{product}的发票还没收到。
申请延期付款|{dept}付款流程卡住了，申请延到{when}付。
发票信息更正|上月发票的开户行写错了，请重开。
对账|我们这边显示已付{n}笔，你们系统只有一部分，请核对。
账单疑问|本月账单比上月多，多出来的是哪一项？
付款凭证|已付款，请确认到账并寄发票。
""",
    "install": """
上门安装|{kit}到货{n}台，请安排{day}上门安装。
移机|{dept}搬到新楼层，{kit}需要移机。
网络勘察|新厂房要布无线，请先来勘察。
环境部署|测试环境已准备好，请{day}远程部署。
""",
}
_TICKETS_PERSON = {
    "technical": """
{line}频繁掉线|每隔几分钟断一次，{room}和别的房间都一样。
网速慢|晚上八点以后看视频老是卡，测速只有签约的一半。
断网|光猫亮红灯，从昨天下午断到现在。
{device}连不上|{device}一直连不上网，按说明书重置过了。
{room}信号弱|{room}关上门手机就没信号了，能不能来看看。
电视盒黑屏|开机停在第一个画面，重启{few}次都一样。
短信收不到|银行验证码收不到，别的短信正常。
""",
    "question": """
流量怎么算|套餐写的是国内流量，出省用要不要加钱？
合约什么时候到期|想查一下{package}的合约到期日。
积分兑换|积分能换{device}吗，差多少分？
停机保号|出国{n}个月，怎么办停机保号？
""",
    "change": """
改安装时间|原来约的{day}没空，请改到下周。
换套餐|想换成{package}，下个月生效可以吗？
移机|搬家了，宽带要移到新地址，{day}在家。
过户|号码过户给家人，需要带什么证件？
取消增值业务|请取消每月{fee}元的增值业务，没印象开过。
""",
    "billing": """
账单看不懂|{package}这一项为什么是{fee}元？
多扣费|这个月多扣了{fee}元，请查一下。
电子发票|请开上个月的电子发票，抬头写个人。
缴费没到账|昨天充了{fee}元，余额没变。
""",
    "install": """
预约安装|新买的{device}，{day}下午可以安装吗？
新装宽带|新房交付，想装{package}，小区在二期。
加装网口|{room}想加一个网口，费用怎么算？
""",
}

_COMPLAINTS = {
    "price": """
续费报价比去年高了{pct}，没有任何说明，我们无法接受。
同样的{product}，别的公司拿到的价格比我们低{pct}，请给个说法。
合同里写明的优惠没有兑现，账单多收了{few}千元。
未经确认就按新价格出账，财务已经拒付，请书面解释。
{module}单独收费之前没有讲清楚，属于误导。
""",
    "slow_response": """
{module}故障报了{days}天没有人处理，月底结账被耽误，要求书面答复。
热线、邮件、群里都反映过，没人给准信，服务响应慢得离谱。
约好{day}上门，没来也没有通知，我们{n}个人白等半天。
同一个问题工单开了{few}次，每次都说在查，{days}天了还没有结果。
紧急工单过了{days}天才第一次回电话，这样的响应没法继续合作。
项目经理换了{few}次，问题没人接手，进度一拖再拖。
""",
    "quality": """
{kit}到货{n}台，其中一台开机就报错，质量让人失望。
升级以后{module}的数据丢了一天，影响发货，要求给出原因和补救。
{module}连续{days}天出现白屏，{dept}没法办公。
验收通过不到一个月又出现同样的毛病，说明测试不充分。
导出的报表合计错误，导致我们给客户报错了价。
""",
    "service": """
{when}要交的资料催了{few}次才给，还缺页。
{kit}的安装人员说法前后不一，{dept}不知道听谁的。
客户经理{few}个月没有露面，有事只能自己打热线。
培训改期{few}次，{dept}的人每次都白等。
客服态度生硬，把问题推给我们自己的网络。
培训讲师准备不足，{n}个学员都说没听懂。
上门人员没有按规定登记，安全部门有意见。
对接人离职没有交接，我们等于从头来过。
承诺的季度走访有两个季度没来过。
""",
    "other": """
合同盖章流程拖了{days}天，耽误我们{dept}的进度。
发票抬头连续{few}次开错，影响抵扣。
宣传资料未经同意使用了我司名称和照片，请立即撤下。
快递把设备送错园区，来回折腾了{days}天。
群发消息太频繁，{title}很不满，请停止。
""",
    "price_person": """
{package}说好首月减{fee}元，账单上没有减。
办理时说每月{fee}元，账单多出一项从来没同意过的费用。
老用户的价格比新用户贵{fee}元，打电话只会说抱歉。
合约到期自动涨到原价，一条短信通知都没有。
""",
    "slow_response_person": """
{line}断了{days}天才修好，只说在排队。
报修{days}天没人上门，孩子上网课都耽误了。
投诉后说二十四小时回电，等了{days}天也没有。
装机改约了{few}次，请了假在家白等。
""",
    "quality_person": """
{line}办了以后网速反而更慢，{room}都刷不开视频。
{device}用了不到一个月就坏，要求换新。
晚上网速根本达不到签约速率，测了{few}次都一样。
通话老是断，{room}里几乎没有信号。
""",
    "service_person": """
约了{day}上门，师傅态度敷衍，{room}的问题没解决就走了。
买{device}时承诺送安装，上门又要收{fee}元。
营业员办{package}时没说清合约期，现在退不了。
营业厅叫号等了一个多小时，窗口只开一个。
师傅安装时把墙面弄坏，说好来修一直没来。
客服说话很不耐烦，没听完就转走了。
""",
    "other_person": """
{device}的包装里少了配件，来回跑了{few}趟。
积分换的{device}等了{days}天没发货。
缴费页面重复扣了{fee}元，退款一直没到。
天天收到推销短信，退订了还发。
个人信息好像被泄露了，刚办完业务就有人打电话推销。
换号后积分全没了，没有提前说明。
""",
}

CATEGORIES = tuple(_TICKETS_FIRM)
CAUSES = ("price", "slow_response", "quality", "service", "other")


@cache
def tickets(category: str, is_person: bool) -> tuple[TextArray, TextArray]:
    """Subjects and texts, in step."""
    lines = pool((_TICKETS_PERSON if is_person else _TICKETS_FIRM)[category])
    subjects, bodies = lines.copy(), lines.copy()
    for place, line in enumerate(lines):
        subjects[place], bodies[place] = line.split("|")
    return subjects, bodies


@cache
def complaints(cause: str, is_person: bool) -> TextArray:
    """Complaints with this cause."""
    return pool(_COMPLAINTS[f"{cause}_person" if is_person else cause])
