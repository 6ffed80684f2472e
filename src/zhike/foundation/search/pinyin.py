"""How Chinese characters are read, without tones, kept per character.

The usual reading comes from pypinyin's table of single characters, read as a file: its table of phrases, which comes
with the package's import, would cost 30 MB in every web process. What else a character is commonly read as, in names of
firms, places and persons, stands here: the table also lists readings that nobody has used for a thousand years.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import unicodedata
from pathlib import Path

_ALSO = """
乐yue 樂yue 行hang 重chong 长chang 長chang 厦xia 廈xia 都du 单shan,chan 單shan 曾zeng 朝zhao
藏zang 传zhuan 傳zhuan 参shen 參shen 调tiao 觉jiao 覺jiao 校jiao 角jue 阿e 血xie 露lou 给ji
給ji 降xiang 朴piao 沈chen 洗xian 解xie 仇qiu 区ou 區ou 查zha 盖ge 蓋ge 缪miao 覃qin 秘bi 那nuo
称chen 稱chen 会kuai 會kuai 卜bu 禅shan 澄deng 薄bo 强jiang 便pian 什shi 差chai,ci 恶wu 惡wu
还huan 還huan 见xian 嚼jiao 劲jing 圈juan 壳qiao 勒le 绿lu 落la 埋man 呢ni 粘nian 屏bing 迫pai
曝bao 瀑bao 栖xi 纤qian 塞se 杉sha 拓ta 提di 系ji 巷hang 殷yan 择zhai 扎za 着zhao,zhuo 钥yue
仔zi 乘sheng 莞wan 泌bi 圩xu 荨qian 员yun 員yun 宿xiu 辟bi 蔓wan 靓liang 蛤ge 炮bao 澹tan
堡pu,bu 盛cheng 柏bo 泊bo 蚌beng 番pan 莘xin 浒xu 涡guo 歙xi 尉yu 铅yan 六lu 咖ga 卡qia
伽jia,qie 模mu 脉mo 率shuai 种chong 繁po 召shao 句gou 了liao 隗wei 芥gai 茜xi 峙shi 峒tong
侗tong 埔bu 浚xun 荥ying 枞zong 牟mu 黑he 弹tan 省xing 折she 万mo
"""
_FURTHER = {entry[0]: tuple(entry[1:].split(",")) for entry in _ALSO.split()}


@functools.cache
def _table() -> dict[str, str]:
    """Code point as text → readings with tones, separated by commas."""
    spec = importlib.util.find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise RuntimeError("pypinyin is not installed")
    path = Path(spec.origin).with_name("pinyin_dict.json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


@functools.cache
def readings(character: str) -> tuple[str, ...]:
    """The readings of one character, the usual one first; empty when it has none (kana, letters, signs).

    ``ü`` is written ``v`` as on a keyboard, and ``u`` is accepted for it.
    """
    usual = _without_tone(_table().get(str(ord(character)), "").split(",")[0])
    found = [reading for reading in (usual, *_FURTHER.get(character, ())) if reading]
    for plain in list(found):
        if "v" in plain and plain.replace("v", "u") not in found:
            found.append(plain.replace("v", "u"))
    return tuple(found)


@functools.cache
def initials(character: str) -> tuple[str, ...]:
    """The first letters of the readings of one character."""
    return tuple(dict.fromkeys(reading[0] for reading in readings(character)))


def sort_key(text: str, length: int = 120) -> str:
    """The text by which names sort as in a Chinese telephone book: each character by its usual reading."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join((readings(c) or (c,))[0] if not c.isascii() else c for c in folded)[:length]


def _without_tone(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("ê", "e"))
    letters = [c for c in plain if not unicodedata.combining(c) or c == "\u0308"]
    return "".join(letters).replace("u\u0308", "v").replace("ɡ", "g")
