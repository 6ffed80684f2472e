from zhike.acquire.tests.intake import of
from zhike.foundation.records.testing import cases

TestLeads = cases(
    "leads",
    make=of,
    allowed="sales_specialist",
    denied="it_team",
    create={
        "kind": "firm",
        "name": "无锡康盛电子有限公司",
        "contact_name": "章建国",
        "contact_title": "采购经理",
        "phone": "13800139876",
        "need": "需要40套席位",
        "urgency": "month",
        "source": "exhibition",
        "industry": "C",
    },
    change={"urgency": "month"},
    secrets=("章建国", "1380013"),
)
