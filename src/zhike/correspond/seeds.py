"""The templates that an installation starts with. Operations and service replace them by editions of their own."""

from __future__ import annotations

from typing import NamedTuple


class Seed(NamedTuple):
    """A first edition of a template."""

    code: str
    title: str
    language: str
    purpose: str
    subject: str
    body: str


SEEDS = (
    Seed(
        "service_answer", "服务答复", "zh", "service", "关于您的咨询",
        "{name}，您好：\n\n感谢您的来信。\n\n（请在此写明答复）\n\n如还有疑问，直接回复本邮件即可。\n\n{sender}",
    ),
    Seed(
        "service_answer", "Answer to a request", "en", "service", "Your request",
        "Dear {name},\n\nthank you for writing to us.\n\n(your answer here)\n\nIf anything is still open, just answer"
        " this mail.\n\n{sender}",
    ),
    Seed(
        "birthday", "生日祝福", "zh", "marketing", "生日快乐",
        "{name}，您好：\n\n祝您生日快乐，身体健康，工作顺利！{history}。\n\n{enterprise}",
    ),
    Seed(
        "birthday", "Birthday greeting", "en", "marketing", "Happy birthday",
        "Dear {name},\n\nwe wish you a happy birthday, good health and success. {history}.\n\n{enterprise}",
    ),
    Seed(
        "holiday", "节日问候", "zh", "marketing", "{occasion}问候",
        "{name}，您好：\n\n值此{occasion}，祝您和家人节日快乐，万事如意！{history}。\n\n{enterprise}",
    ),
    Seed(
        "holiday", "Holiday greeting", "en", "marketing", "{occasion} greetings",
        "Dear {name},\n\nwe wish you and your family a happy {occasion}. {history}.\n\n{enterprise}",
    ),
    Seed(
        "renewal", "续费提醒", "zh", "service", "合同 {number} 即将到期",
        "{name}，您好：\n\n贵方与我们的合同 {number} 将在 {days} 天后到期。"
        "如需续约或调整，直接回复本邮件即可，我们会尽快与您联系。",
    ),
    Seed(
        "renewal", "Renewal reminder", "en", "service", "Contract {number} ends soon",
        "Dear {name},\n\nyour contract {number} with us ends in {days} days. If you want to renew or change it, just"
        " answer this mail and we will get in touch.",
    ),
    Seed(
        "arrears", "欠费提醒", "zh", "service", "{month} 账单待付款",
        "{name}，您好：\n\n贵方 {month} 的账单还有 {amount} 未付，已逾期 {days} 天。请尽快付款；"
        "如已付款或对账单有疑问，直接回复本邮件即可。\n\n{enterprise}",
    ),
    Seed(
        "arrears", "Arrears reminder", "en", "service", "Your bill for {month} is open",
        "Dear {name},\n\n{amount} of your bill for {month} is still open; it has been overdue for {days} days. Please"
        " pay it soon. If you have paid already, or have a question about the bill, just answer this mail."
        "\n\n{enterprise}",
    ),
    Seed(
        "package_use", "套餐使用提醒", "zh", "service", "{package} 本月已使用 {percent}%",
        "{name}，您好：\n\n贵方的套餐“{package}”{month} 已使用 {usage}，占套餐额度的 {percent}%。"
        "如需加量或更换套餐，直接回复本邮件即可。\n\n{enterprise}",
    ),
    Seed(
        "package_use", "Package usage reminder", "en", "service", "{percent}% of {package} is used this month",
        "Dear {name},\n\nin {month} you have used {usage} of your package {package}: {percent}% of what it includes."
        " If you want more or another package, just answer this mail.\n\n{enterprise}",
    ),
)  # fmt: skip
