"""Names of people and firms, composed from parts. Any likeness to a living person or a real firm is chance."""

from __future__ import annotations

import numpy as np

from zhike.sample.draws import IntArray, Rng, TextArray, texts, weighted

# character:pinyin:weight, by the share of the surname among people
_SURNAMES = """王:wang:70 李:li:70 张:zhang:66 刘:liu:52 陈:chen:48 杨:yang:30 黄:huang:22 赵:zhao:22 吴:wu:20
周:zhou:20 徐:xu:15 孙:sun:14 马:ma:13 朱:zhu:13 胡:hu:12 郭:guo:12 何:he:11 林:lin:12 高:gao:10 罗:luo:10
郑:zheng:9 梁:liang:9 谢:xie:8 宋:song:8 唐:tang:8 许:xu:7 韩:han:7 邓:deng:7 冯:feng:7 曹:cao:6 彭:peng:6
曾:zeng:6 肖:xiao:6 田:tian:5 董:dong:5 潘:pan:5 袁:yuan:5 蔡:cai:5 蒋:jiang:5 余:yu:5 于:yu:4 杜:du:4
叶:ye:4 程:cheng:4 魏:wei:4 苏:su:4 吕:lv:4 丁:ding:4 任:ren:4 卢:lu:4 姚:yao:3 沈:shen:3 钟:zhong:3
姜:jiang:3 崔:cui:3 谭:tan:3 陆:lu:3 范:fan:3 汪:wang:3 廖:liao:3 石:shi:3 金:jin:3 韦:wei:2 贾:jia:2
夏:xia:2 付:fu:2 方:fang:2 邹:zou:2 熊:xiong:2 白:bai:2 孟:meng:2 秦:qin:2 邱:qiu:2 侯:hou:2 江:jiang:2
尹:yin:2 薛:xue:2 闫:yan:2 段:duan:2 雷:lei:2 龙:long:2 黎:li:2 史:shi:2 陶:tao:2 贺:he:2 毛:mao:2
顾:gu:2 龚:gong:2 邵:shao:2 欧阳:ouyang:1 上官:shangguan:1"""

_MALE = """伟:wei 强:qiang 磊:lei 军:jun 洋:yang 勇:yong 杰:jie 涛:tao 超:chao 明:ming 刚:gang 平:ping 辉:hui
鹏:peng 斌:bin 波:bo 宇:yu 浩:hao 凯:kai 健:jian 俊:jun 帆:fan 峰:feng 亮:liang 成:cheng 毅:yi 飞:fei
文博:wenbo 子轩:zixuan 浩然:haoran 志强:zhiqiang 建国:jianguo 建华:jianhua 国庆:guoqing 家豪:jiahao 俊杰:junjie
宇航:yuhang 天佑:tianyou 晓东:xiaodong 海涛:haitao 立新:lixin 永康:yongkang 振宇:zhenyu 思远:siyuan 明轩:mingxuan
书恒:shuheng 景行:jingxing 博文:bowen 泽宇:zeyu 承志:chengzhi 嘉树:jiashu 一鸣:yiming 远航:yuanhang 启明:qiming
绍辉:shaohui 德胜:desheng 长林:changlin 少华:shaohua 培源:peiyuan 树生:shusheng 卫东:weidong 晨曦:chenxi
兆丰:zhaofeng 维钧:weijun"""
_FEMALE = """芳:fang 娜:na 敏:min 静:jing 丽:li 艳:yan 娟:juan 霞:xia 燕:yan 玲:ling 桂英:guiying 秀兰:xiulan
玉梅:yumei 雪:xue 婷:ting 倩:qian 琳:lin 颖:ying 洁:jie 莉:li 萍:ping 红:hong 慧:hui 蕾:lei 璐:lu 欣:xin
雨桐:yutong 诗涵:shihan 梓萱:zixuan 佳怡:jiayi 思琪:siqi 晓燕:xiaoyan 春梅:chunmei 海燕:haiyan 淑珍:shuzhen
美玲:meiling 若溪:ruoxi 语嫣:yuyan 书瑶:shuyao 可欣:kexin 雅静:yajing 婉清:wanqing 梦洁:mengjie 心怡:xinyi
文静:wenjing 佩珊:peishan 秋菊:qiuju 月娥:yuee 晚晴:wanqing 知夏:zhixia 亦菲:yifei 念慈:nianci 韵竹:yunzhu
安琪:anqi 素云:suyun 嘉敏:jiamin 惠兰:huilan 凤霞:fengxia 冬妮:dongni 沁怡:qinyi 采薇:caiwei"""

_BRAND_FIRST = """澄:cheng 砚:yan 岚:lan 栖:qi 沐:mu 槐:huai 黎:li 澈:che 墨:mo 霁:ji 樾:yue 芮:rui 翊:yi 弈:yi
珩:heng 逸:yi 禾:he 朔:shuo 屿:yu 汀:ting 湛:zhan 蔚:wei 穆:mu 骏:jun 晟:sheng 昱:yu 煜:yu 钰:yu 璟:jing
瀚:han 溯:su 潇:xiao 沛:pei 泓:hong 淳:chun 涵:han 铎:duo 铭:ming 锦:jin 钧:jun 珞:luo 玥:yue 琅:lang
琢:zhuo 琮:cong 瑾:jin 璞:pu 皓:hao 睿:rui 祺:qi 禧:xi 稷:ji 筠:yun 策:ce 筑:zhu 绍:shao 纬:wei 翎:ling
翰:han 聿:yu 臻:zhen 舜:shun 芃:peng 苒:ran 茂:mao 荣:rong 莘:xin 菁:jing 葳:wei 蓝:lan 蕴:yun 衡:heng
诺:nuo 谦:qian 赫:he 轩:xuan 迈:mai 迪:di 逐:zhu 遇:yu 邺:ye 酉:you 霖:lin 靖:jing 颂:song 驰:chi"""
_BRAND_SECOND = """桥:qiao 川:chuan 帆:fan 岭:ling 原:yuan 谷:gu 洲:zhou 峰:feng 林:lin 松:song 柏:bai 楠:nan
桐:tong 枫:feng 湾:wan 泉:quan 溪:xi 湖:hu 海:hai 江:jiang 河:he 石:shi 岩:yan 峦:luan 阳:yang 月:yue
星:xing 辰:chen 云:yun 霞:xia 露:lu 雪:xue 风:feng 舟:zhou 车:che 轮:lun 梭:suo 弦:xian 音:yin 韵:yun
图:tu 印:yin 章:zhang 笔:bi 书:shu 卷:juan 简:jian 页:ye 门:men 窗:chuang 台:tai 阁:ge 楼:lou 亭:ting
园:yuan 圃:pu 田:tian 野:ye 麦:mai 穗:sui 茶:cha 果:guo 叶:ye 根:gen 芽:ya 羽:yu 鹿:lu 鹤:he 雁:yan 鲸:jing
马:ma 象:xiang 木:mu 金:jin 玉:yu 珠:zhu 丝:si 锦:jin 弘:hong 晖:hui"""
_BRAND_THIRD = """达:da 通:tong 信:xin 源:yuan 联:lian 创:chuang 盛:sheng 泰:tai 和:he 升:sheng 捷:jie 优:you 特:te
科:ke 维:wei 拓:tuo 思:si 尚:shang 美:mei 佳:jia 利:li 丰:feng 茂:mao 安:an 康:kang 宁:ning 平:ping 顺:shun
立:li 同:tong 众:zhong 合:he 汇:hui 聚:ju 建:jian 兴:xing 旺:wang 隆:long 昌:chang 裕:yu 益:yi 恒:heng 久:jiu
远:yuan 博:bo 德:de 仁:ren 义:yi 诚:cheng 真:zhen 善:shan 正:zheng 明:ming 光:guang 华:hua 彩:cai 虹:hong
航:hang 飞:fei 翔:xiang 腾:teng 跃:yue 越:yue 超:chao 卓:zhuo 冠:guan 鼎:ding 峻:jun 巍:wei 宏:hong 宽:kuan
广:guang 大:da 元:yuan 亨:heng 贞:zhen 乾:qian 坤:kun 鑫:xin 淼:miao 森:sen 磊:lei 焱:yan 垚:yao"""


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(item.split(":")[0], item.split(":")[1]) for item in text.split()]


_SURNAME_PAIRS = _pairs(_SURNAMES)
_SURNAME_WEIGHTS = [int(item.split(":")[2]) for item in _SURNAMES.split()]
_GIVEN = (_pairs(_MALE), _pairs(_FEMALE))
_FIRST, _SECOND, _THIRD = _pairs(_BRAND_FIRST), _pairs(_BRAND_SECOND), _pairs(_BRAND_THIRD)
BRANDS = len(_FIRST) * len(_SECOND)
# What follows the pair in each round: nothing, one more character, two more.
_TAILS = [(), *((last,) for last in _THIRD), *((last, more) for last in _THIRD for more in _THIRD)]
MOST_BRANDS = BRANDS * len(_TAILS)
GENDERS = ("male", "female")
# A step with no factor in common with the number of brands visits every brand once before any comes twice.
_BRAND_STEP = 2_741


def person_names(rng: Rng, female: IntArray) -> tuple[TextArray, TextArray]:
    """Chinese name and pinyin per person; ``female`` is 0 or 1. Shapes (n,)."""
    surname = weighted(rng, _SURNAME_WEIGHTS, len(female))
    draw = rng.random(len(female))
    names, spelled = [], []
    for who, is_female, share in zip(surname.tolist(), female.tolist(), draw.tolist(), strict=True):
        given = _GIVEN[is_female]
        first = given[int(share * len(given))]
        names.append(_SURNAME_PAIRS[who][0] + first[0])
        spelled.append(_SURNAME_PAIRS[who][1] + first[1])
    return texts(names), texts(spelled)


def brands(number: IntArray) -> tuple[TextArray, TextArray]:
    """Brand and its pinyin for the firm with this number (from 0): no two firms share one.

    Two characters at first, three when all pairs are used up, then four. Raises ValueError past the last.
    """
    if number.size and int(number.max()) >= MOST_BRANDS:
        raise ValueError(f"brands: at most {MOST_BRANDS} firms have a name of their own")
    round_, place = np.divmod(number, BRANDS)
    first, second = np.divmod(place * _BRAND_STEP % BRANDS, len(_SECOND))
    names, spelled = [], []
    for one, two, tail in zip(first.tolist(), second.tolist(), round_.tolist(), strict=True):
        parts = [_FIRST[one], _SECOND[two], *_TAILS[tail]]
        names.append("".join(part[0] for part in parts))
        spelled.append("".join(part[1] for part in parts))
    return texts(names), texts(spelled)
