"""Whether a strategy can be carried out: a measure says who, what, when and to what degree (STR-02).

The four may stand in the columns of the row (who in 责任人, when in 时间节点, the degree in the goal or the effect)
or in the measure itself. What may not be missing anywhere is something to do: 加强服务 names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PARTS = ("who", "what", "when", "degree")
_SHORTEST = 4
_ITEMS = re.compile(r"(?:^|[;；\n。]|\s)\s*(?:\d+|[一二三四五六七八九])[.、)）]\s*|[;；\n]")
_EMPTY_ZH = re.compile(
    r"^(?:进一步|不断|持续|大力|积极|全面|努力|切实|继续|要|应)*"
    r"(?:加强|提升|提高|改善|改进|优化|增强|强化|做好|重视|关注|完善|深化|推进|搞好|加大|维护|促进)(?:对)?"
    r"(?:客户|用户|产品|售后|整体|与|的|日常|好|各项|和|及|、|服务|满意度|体验|质量|关系|沟通|管理|水平|能力|忠诚度|"
    r"维护|效率|工作|意识|力度|互动|联系|粘性|黏性|建设|态度|响应)*$"
)
_EMPTY_EN = re.compile(
    r"^(?:further|continuously|constantly|please|to|we|will|should|\s)*"
    r"(?:improve|enhance|strengthen|increase|raise|optimi[sz]e|better|boost|focus on|pay attention to|promote|deepen|"
    r"maintain|work on)\b"
    r"(?:the|our|all|and|of|for|to|with|customers?|clients?|users?|overall|service|services|satisfaction|experience|"
    r"quality|relations?|relationships?|communication|management|loyalty|efficiency|care|support|level|attitude|\s)*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:[-–—/\s]*|相关人员|有关人员|相关部门|大家|全体|待定|someone|somebody|everyone|staff|tbd)$", re.I
)
_NEVER = re.compile(
    r"^(?:[-–—/\s]*|尽快|适时|及时|随时|近期|待定|有空时|asap|as soon as possible|soon|in time|when possible|tbd)$",
    re.I,
)
_POSTS = re.compile(
    r"客户经理|销售|客服|专员|负责人|主管|顾问|工程师|分析师|法务|manager|sales|service team|specialist|representative|"
    r"engineer|lead\b",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\d+\s*(?:个)?(?:小时|天|日|周|工作日|月|季度|年)|(?:每|逐)(?:日|天|周|月|季|半年|年)|[年月季周]末|[上中下]旬|"
    r"\d{4}-\d{1,2}|\d{1,2}月|\}\s*(?:小时|天|日|周|月|年)|"
    r"\b(?:each|every|within|daily|weekly|monthly|quarterly|yearly|by the end|until|end of)\b|"
    r"\d+\s*(?:hours?|days?|weeks?|months?|years?)",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\d|\{\w+\}|[一二两三四五六七八九十百半][份次个家天周月季年倍成项场位名]|百分之|"
    r"\b(?:one|two|three|four|five|ten|half|twice|double|once)\b|each quarter|every month",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Concrete:
    """What is missing of :data:`PARTS`, in that order, and the measures that say nothing."""

    missing: tuple[str, ...]
    empty: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return not self.missing


def check(cells: Mapping[str, str], owners: Sequence[str] = ()) -> Concrete:
    """Judge one row by its ``cells`` (columns of the table in one language) and the posts it names.

    Nothing is judged about who reads it or whether the goal is wise; only that somebody could begin tomorrow.
    """
    measures = measures_in(cells.get("measures", ""))
    empty = tuple(measure for measure in measures if says_nothing(measure))
    said = " ".join(measures)
    present = {
        "who": bool(owners) or not _NOBODY.match(cells.get("owner", "").strip()) or bool(_POSTS.search(said)),
        "what": bool(measures) and not empty,
        "when": not _NEVER.match(cells.get("timing", "").strip()) or bool(_TIMES.search(said)),
        "degree": any(_DEGREE.search(_text(cells, name)) for name in ("measures", "goal", "effect")),
    }
    return Concrete(tuple(part for part in PARTS if not present[part]), empty)


def measures_in(text: str) -> list[str]:
    """The single measures of a cell: numbered, or parted by semicolons and new lines."""
    parts = (part.strip(" 　。.;；") for part in _ITEMS.split(text))
    return [part for part in parts if part and not re.fullmatch(r"[-–—]+", part)]


def says_nothing(measure: str) -> bool:
    """Whether a measure is a wish: a verb of improving and what everybody wants improved."""
    plain = re.sub(r"[，,。.！!\s]+$", "", measure.strip())
    parts = [part for part in re.split(r"[，,、]", plain) if part.strip()]
    return len(plain) < _SHORTEST or all(
        _EMPTY_ZH.match(part.strip()) or _EMPTY_EN.match(part.strip()) for part in parts
    )


def _text(cells: Mapping[str, str], name: str) -> str:
    """The cell without the numbers that only count its measures."""
    return "；".join(measures_in(cells.get(name, "")))
