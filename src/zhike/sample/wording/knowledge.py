"""Knowledge articles of the sample company's service team."""

from __future__ import annotations

from typing import NamedTuple

# class|public|keywords|title, then a line for the problem and one for the solution.
_ARTICLES = """
technical|yes|卡住 转圈|导出表格提示超时怎么办
数据量较大时，导出表格提示超时或一直转圈。
先按月份筛选，分次导出；超过十万行时改用“后台导出”，完成后在消息中下载。

technical|yes|打不开 空白|页面打不开或一直转圈
更换浏览器后仍然打不开，同一部门多人都有此现象。
清除浏览器缓存并重新登录；仍不行时检查公司网络是否放行本产品域名，再联系我们。

technical|no|对接 返回错误|财务接口返回错误的排查步骤
与财务软件的接口返回错误，单据没有传过去。
查看接口日志中的错误码：401 为密钥过期，重新发放；409 为重复单据，核对单号后重传。

technical|yes|离线 红灯|设备离线且指示灯为红色
设备离线，现场重启后指示灯仍为红色。
检查网线与交换机端口，确认设备地址未被占用；更换端口后仍为红灯的，报修更换。

technical|yes|掉线 断网|宽带频繁掉线
每隔几分钟断线一次，各房间都一样。
重启光猫与路由器，检查光纤接头；仍掉线的，由客服远程查看线路衰减并安排上门。

commercial|yes|开票 抬头|发票信息有误如何重开
发票的抬头或开户行写错，需要重开。
提交正确的开票信息并退回原发票，财务在三个工作日内重开。

commercial|yes|对不上 付款|账单与付款记录对不上
系统显示的付款笔数少于实际付款。
提供付款凭证，财务核对到账后在一个工作日内更新账单。

experience|yes|审批人 设置|如何按部门设置审批人
希望不同部门使用不同的审批人。
在“设置—审批”中按部门新增规则，选择审批人并保存，立即生效。
"""


class Article(NamedTuple):
    """One article; ``is_public`` shows it in the portal."""

    ticket_class: str
    is_public: bool
    keywords: str
    title: str
    problem: str
    solution: str


def articles() -> list[Article]:
    """All of them, in order."""
    found = []
    for block in _ARTICLES.strip().split("\n\n"):
        head, problem, solution = block.splitlines()
        code, public, keywords, title = head.split("|")
        found.append(Article(code, public == "yes", keywords, title, problem, solution))
    return found
