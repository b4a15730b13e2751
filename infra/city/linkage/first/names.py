"""
Names of the first population, with their kana and how common they are. Put together at random, they describe nobody.

Family names: the common ones by rank (weights fall as they do in Japan, assumed), and a tail of composed ones. Given names: some whole,
most composed of a first and a last part, so that many are written differently and read alike, as they are.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from contracts.values import Sex


class Name(NamedTuple):
    """A name as it is written and as it is read."""

    kanji: str
    kana: str


class Weighted:
    """Names of which some are common and some are rare."""

    def __init__(self, weighted: Iterable[tuple[Name, float]]) -> None:
        self.names: list[Name] = []
        weights = []
        for name, weight in weighted:
            self.names.append(name)
            weights.append(weight)
        self._until = list(accumulate(weights))
        self._all = self._until[-1]

    def draw(self, rng: Random) -> Name:
        """One of them."""
        return self.names[bisect(self._until, rng.random() * self._all)]


def _pairs(text: str) -> list[Name]:
    words = text.split()
    return [Name(kanji, kana) for kanji, kana in zip(words[::2], words[1::2], strict=True)]


def _falling(names: Sequence[Name], flat: float, whole: float) -> list[tuple[Name, float]]:
    """Weights by rank, which together make `whole`; the larger `flat`, the less the first ones stand out."""
    weights = [1 / (rank + flat) for rank in range(len(names))]
    return [(name, weight * whole / sum(weights)) for name, weight in zip(names, weights, strict=True)]


_COMMON = _pairs("""
佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 伊藤 イトウ 渡辺 ワタナベ 山本 ヤマモト 中村 ナカムラ 小林 コバヤシ 加藤 カトウ 吉田
ヨシダ 山田 ヤマダ 佐々木 ササキ 山口 ヤマグチ 松本 マツモト 井上 イノウエ 木村 キムラ 林 ハヤシ 斎藤 サイトウ 清水 シミズ 山崎 ヤマサキ
森 モリ 池田 イケダ 橋本 ハシモト 阿部 アベ 石川 イシカワ 山下 ヤマシタ 中島 ナカシマ 石井 イシイ 小川 オガワ 前田 マエダ 岡田 オカダ
長谷川 ハセガワ 藤田 フジタ 後藤 ゴトウ 近藤 コンドウ 村上 ムラカミ 遠藤 エンドウ 青木 アオキ 坂本 サカモト 福田 フクダ 太田 オオタ 西村
ニシムラ 藤井 フジイ 金子 カネコ 岡本 オカモト 藤原 フジワラ 三浦 ミウラ 中野 ナカノ 中川 ナカガワ 原田 ハラダ 松田 マツダ 竹内 タケウチ
小野 オノ 田村 タムラ 中山 ナカヤマ 和田 ワダ 石田 イシダ 森田 モリタ 上田 ウエダ 原 ハラ 内田 ウチダ 柴田 シバタ 酒井 サカイ 宮崎
ミヤザキ 横山 ヨコヤマ 高木 タカギ 安藤 アンドウ 宮本 ミヤモト 大野 オオノ 小島 コジマ 谷口 タニグチ 工藤 クドウ 今井 イマイ 高田 タカダ
増田 マスダ 丸山 マルヤマ 杉山 スギヤマ 村田 ムラタ 大塚 オオツカ 新井 アライ 小山 コヤマ 平野 ヒラノ 藤本 フジモト 河野 コウノ 上野
ウエノ 野口 ノグチ 武田 タケダ 松井 マツイ 千葉 チバ 菅原 スガワラ 岩崎 イワサキ 久保 クボ 木下 キノシタ 佐野 サノ 野村 ノムラ 松尾
マツオ 市川 イチカワ 菊地 キクチ 菊池 キクチ 杉本 スギモト 古川 フルカワ 大西 オオニシ 島田 シマダ 水野 ミズノ 桜井 サクライ 高野 タカノ
吉川 ヨシカワ 渡部 ワタナベ 西田 ニシダ 飯田 イイダ 西川 ニシカワ 小松 コマツ 北村 キタムラ 安田 ヤスダ 五十嵐 イガラシ 川口 カワグチ
平田 ヒラタ 関 セキ 中田 ナカタ 久保田 クボタ 服部 ハットリ 東 ヒガシ 岩田 イワタ 土屋 ツチヤ 川崎 カワサキ 福島 フクシマ 本田 ホンダ 辻
ツジ 樋口 ヒグチ 秋山 アキヤマ 田口 タグチ 永井 ナガイ 山内 ヤマウチ 中西 ナカニシ 吉村 ヨシムラ 川上 カワカミ 石原 イシハラ 大橋
オオハシ 松岡 マツオカ 浜田 ハマダ 馬場 ババ 森本 モリモト 矢野 ヤノ 浅野 アサノ 松下 マツシタ 星野 ホシノ 大久保 オオクボ 吉岡 ヨシオカ
小池 コイケ 荒木 アラキ 熊谷 クマガイ 古賀 コガ 野田 ノダ 田代 タシロ 梶原 カジワラ 白石 シライシ 永田 ナガタ 江口 エグチ 堤 ツツミ 安武
ヤスタケ 柳 ヤナギ 黒木 クロキ 沢田 サワダ 広瀬 ヒロセ 国分 コクブ 真鍋 マナベ 徳永 トクナガ
""")

_HEADS = _pairs("""
大 オオ 小 コ 高 タカ 中 ナカ 上 ウエ 下 シモ 東 ヒガシ 西 ニシ 南 ミナミ 北 キタ 石 イシ 岩 イワ 山 ヤマ 川 カワ 森 モリ 林 ハヤシ 松
マツ 杉 スギ 竹 タケ 梅 ウメ 桜 サクラ 藤 フジ 吉 ヨシ 福 フク 長 ナガ 広 ヒロ 黒 クロ 白 シラ 青 アオ 赤 アカ 今 イマ 古 フル 新 ニイ
宮 ミヤ 浜 ハマ 島 シマ 沢 サワ 滝 タキ 浅 アサ 深 フカ 荒 アラ 平 ヒラ 谷 タニ 池 イケ 井 イ 柳 ヤナギ 栗 クリ 桑 クワ 柿 カキ 鶴 ツル
亀 カメ 熊 クマ 鹿 シカ 久 ヒサ 安 ヤス 富 トミ
""")

_TAILS = _pairs("""
田 タ 野 ノ 村 ムラ 川 カワ 原 ハラ 山 ヤマ 崎 サキ 島 シマ 井 イ 本 モト 谷 タニ 口 グチ 岡 オカ 沢 ザワ 木 キ 橋 ハシ 塚 ヅカ 浦 ウラ
瀬 セ 尾 オ 松 マツ 留 ドメ 永 ナガ 末 スエ 園 ゾノ 丸 マル 倉 クラ 坂 サカ 江 エ 部 ベ 場 バ 方 カタ 城 キ 脇 ワキ 津 ツ 水 ミズ
""")

_COMMON_SHARE = 0.72
"""Of the people; the others have a composed family name."""


def _surnames() -> Weighted:
    known = {name.kanji for name in _COMMON}
    tail = [Name(a.kanji + b.kanji, a.kana + b.kana) for b in _TAILS for a in _HEADS if a.kanji != b.kanji]
    rare = [name for name in tail if name.kanji not in known]
    return Weighted([*_falling(_COMMON, 9, _COMMON_SHARE), *_falling(rare, 400, 1 - _COMMON_SHARE)])


_BOYS = _pairs("""
蓮 レン 湊 ミナト 陽翔 ハルト 碧 アオイ 樹 イツキ 悠真 ユウマ 大翔 ヒロト 朝陽 アサヒ 颯太 ソウタ 律 リツ 蒼 アオイ 新 アラタ 奏 カナデ
伊織 イオリ 結翔 ユイト 陸 リク 航 ワタル 翼 ツバサ 拓海 タクミ 仁 ジン 暖 ダン 晴 ハル 光 ヒカル 匠 タクミ 岳 ガク 駿 シュン 凪 ナギ 颯
ハヤテ 悠 ユウ 誠 マコト 学 マナブ 隆 タカシ 剛 ツヨシ 淳 ジュン 亮 リョウ 翔 ショウ 大和 ヤマト 巧 タクミ 隼 ハヤト 司 ツカサ 響 ヒビキ
昴 スバル 慧 ケイ 迅 ジン 楓 カエデ 葵 アオイ りく リク そら ソラ
""")

_BOY_HEADS = _pairs("""
悠 ユウ 健 ケン 颯 ソウ 蒼 ソウ 海 カイ 優 ユウ 雄 ユウ 佑 ユウ 祐 ユウ 勇 ユウ 和 カズ 一 カズ 直 ナオ 尚 ナオ 晴 ハル 陽 ハル 春 ハル
遥 ハル 智 トモ 友 トモ 朋 トモ 琉 リュウ 龍 リュウ 隆 リュウ 圭 ケイ 慶 ケイ 恵 ケイ 敬 ケイ 俊 シュン 駿 シュン 真 マサ 雅 マサ 正
マサ 将 マサ 光 コウ 航 コウ 幸 コウ 晃 コウ 康 コウ 浩 コウ 凌 リョウ 涼 リョウ 亮 リョウ 瑛 エイ 英 エイ 永 エイ 拓 タク 匠 タク 琢
タク 奏 ソウ 壮 ソウ 聡 ソウ 裕 ヒロ 宏 ヒロ 弘 ヒロ 大 ダイ 翔 ショウ 昇 ショウ
""")

_BOY_TAILS = _pairs("""
太 タ 汰 タ 人 ト 斗 ト 翔 ト 都 ト 真 マ 磨 マ 馬 マ 介 スケ 輔 スケ 助 スケ 希 キ 貴 キ 樹 キ 輝 キ 也 ヤ 哉 ヤ 弥 ヤ 平 ヘイ 吾 ゴ 悟
ゴ 志 シ 司 シ 一 イチ 市 イチ 郎 ロウ 太郎 タロウ 一郎 イチロウ 成 セイ 仁 ジン 之 ユキ 行 ユキ 明 アキ 章 アキ
""")

_GIRLS = _pairs("""
陽葵 ヒマリ 凛 リン 紬 ツムギ 結愛 ユア 咲良 サクラ 芽依 メイ 葵 アオイ 美月 ミヅキ 結衣 ユイ 莉子 リコ 杏 アン 心春 コハル 澪 ミオ 詩
ウタ 花 ハナ 彩葉 イロハ 楓 カエデ 琴音 コトネ 栞 シオリ 柚希 ユズキ 優奈 ユウナ 千尋 チヒロ 七海 ナナミ 桃 モモ 光莉 ヒカリ 美桜 ミオ
朱莉 アカリ 愛 アイ すみれ スミレ ひなた ヒナタ さくら サクラ ひかり ヒカリ 恵 メグミ 瞳 ヒトミ 彩 アヤ 香織 カオリ 薫 カオル 碧 アオイ
雫 シズク 凪 ナギ 暖 ノン 晴 ハル 翠 スイ 環 タマキ めい メイ こころ ココロ
""")

_GIRL_HEADS = _pairs("""
結 ユイ 優 ユウ 由 ユ 美 ミ 未 ミ 実 ミ 心 ココ 咲 サキ 沙 サ 紗 サ 早 サ 彩 アヤ 綾 アヤ 愛 マナ 菜 ナ 奈 ナ 七 ナナ 莉 リ 里 リ 理 リ
梨 リ 陽 ヒ 日 ヒ 千 チ 智 チ 琴 コト 花 ハナ 華 ハナ 春 ハル 遥 ハル 柚 ユズ 真 マ 麻 マ 茉 マ 舞 マイ 瑞 ミズ 風 フウ 楓 フウ 萌 モ 桃
モモ 芽 メ 瑠 ル 玲 レイ 礼 レイ 和 カズ 友 トモ 知 トモ 朋 トモ 久 ク 恵 エ 絵 エ 志 シ 詩 シ 明 アキ 亜 ア 有 ア 佳 カ 香 カ
""")

_GIRL_TAILS = _pairs("""
衣 イ 依 イ 愛 ア 亜 ア 奈 ナ 菜 ナ 那 ナ 香 カ 花 カ 佳 カ 華 カ 夏 カ 子 コ 心 コ 美 ミ 実 ミ 未 ミ 海 ミ 乃 ノ 音 ネ 寧 ネ 希 キ 紀
キ 咲 サキ 月 ツキ 葉 ハ 羽 ハ 帆 ホ 穂 ホ 織 オリ 里 リ 莉 リ 梨 リ 恵 エ 絵 エ 江 エ 世 セ 代 ヨ 緒 オ 央 オ 美子 ミコ 有 ユ
""")

_WHOLE_SHARE = 0.28


def _given(whole: Sequence[Name], heads: Sequence[Name], tails: Sequence[Name]) -> Weighted:
    composed = [
        (Name(head.kanji + tail.kanji, head.kana + tail.kana), a * b)
        for head, a in _falling(heads, 12, 1)
        for tail, b in _falling(tails, 9, 1 - _WHOLE_SHARE)
        if head.kanji != tail.kanji
    ]
    return Weighted([*_falling(whole, 12, _WHOLE_SHARE), *composed])


SURNAMES = _surnames()
GIVEN = {Sex.MALE: _given(_BOYS, _BOY_HEADS, _BOY_TAILS), Sex.FEMALE: _given(_GIRLS, _GIRL_HEADS, _GIRL_TAILS)}


def _alike(*tables: Weighted) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        for kanji, kana in table.names:
            if kanji not in found[kana]:
                found[kana].append(kanji)
    return dict(found)


GIVEN_READ_ALIKE = _alike(*GIVEN.values())
"""How given names of one reading are written."""

FAMILY_READ_ALIKE = _alike(SURNAMES)


class Foreign(NamedTuple):
    """A name from elsewhere: kana and Latin letters, and signs where there are any."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    latin_family: str
    latin_given: str


def _foreign(text: str) -> list[tuple[str, str, str]]:
    """Signs (or -), kana, and Latin letters, with _ for a blank."""
    words = text.split()
    return [
        ("" if signs == "-" else signs, kana.replace("_", " "), latin.replace("_", " "))
        for signs, kana, latin in zip(words[::3], words[1::3], words[2::3], strict=True)
    ]


_COUNTRIES: tuple[tuple[list[tuple[str, str, str]], dict[Sex, list[tuple[str, str, str]]]], ...] = (
    (
        _foreign(
            "王 オウ WANG 李 リ LI 張 チョウ ZHANG 劉 リュウ LIU 陳 チン CHEN "
            "楊 ヨウ YANG 黄 コウ HUANG 趙 チョウ ZHAO 周 シュウ ZHOU 呉 ゴ WU"
        ),
        {
            Sex.MALE: _foreign(
                "偉 イ WEI 強 キョウ QIANG 磊 ライ LEI 浩然 コウゼン HAORAN 子軒 シケン ZIXUAN 俊傑 シュンケツ JUNJIE 宇航 ウコウ YUHANG"
            ),
            Sex.FEMALE: _foreign(
                "芳 ホウ FANG 静 セイ JING 麗 レイ LI 欣怡 キンイ XINYI 思涵 シカン SIHAN 雨桐 ウトウ YUTONG 佳怡 カイ JIAYI"
            ),
        },
    ),
    (
        _foreign(
            "金 キム KIM 李 イ LEE 朴 パク PARK 崔 チェ CHOI 鄭 チョン JUNG "
            "姜 カン KANG 趙 チョ CHO 尹 ユン YOON 張 チャン JANG 林 イム LIM"
        ),
        {
            Sex.MALE: _foreign(
                "民俊 ミンジュン MIN_JUN 書俊 ソジュン SEO_JUN 賢宇 ヒョヌ HYUN_WOO "
                "志勲 ジフン JI_HOON 俊昊 ジュノ JUN_HO 道潤 ドユン DO_YOON"
            ),
            Sex.FEMALE: _foreign(
                "瑞妍 ソヨン SEO_YEON 智友 ジウ JI_WOO 秀珍 スジン SU_JIN 恩智 ウンジ EUN_JI 夏恩 ハウン HA_EUN 慧珍 ヘジン HYE_JIN"
            ),
        },
    ),
    (
        _foreign("- グエン NGUYEN - チャン TRAN - レ LE - ファム PHAM - ホアン HOANG - ファン PHAN - ヴ VU - ダン DANG - ブイ BUI - ド DO"),
        {
            Sex.MALE: _foreign(
                "- ヴァン_アン VAN_ANH - ミン_クアン MINH_QUAN - ドゥック DUC - ヴァン_フン VAN_HUNG - クオック_バオ QUOC_BAO - ミン MINH"
            ),
            Sex.FEMALE: _foreign(
                "- ティ_ラン THI_LAN - ティ_ホア THI_HOA - ゴック_アイン NGOC_ANH - ティ_マイ THI_MAI - リン LINH - トゥ_ハ THU_HA"
            ),
        },
    ),
    (
        _foreign(
            "- シュレスタ SHRESTHA - タマン TAMANG - グルン GURUNG - ライ RAI "
            "- アディカリ ADHIKARI - カルキ KARKI - タパ THAPA - マガル MAGAR"
        ),
        {
            Sex.MALE: _foreign(
                "- ビシャル BISHAL - スニル SUNIL - アニル ANIL "
                "- ラジェシュ RAJESH - プラカシュ PRAKASH - アーラヴ AARAV - ディペシュ DIPESH"
            ),
            Sex.FEMALE: _foreign(
                "- シタ SITA - アニタ ANITA - プジャ PUJA - スミトラ SUMITRA - アーユシャ AAYUSHA - ビニタ BINITA - サビナ SABINA"
            ),
        },
    ),
    (
        _foreign(
            "- サントス SANTOS - レイエス REYES - クルス CRUZ - ガルシア GARCIA "
            "- シルバ SILVA - スミス SMITH - ジョンソン JOHNSON - ミラー MILLER"
        ),
        {
            Sex.MALE: _foreign(
                "- ホセ JOSE - マイケル MICHAEL - ルーカス LUCAS "
                "- ジョン_ポール JOHN_PAUL - アンジェロ ANGELO - ライアン RYAN - ケビン KEVIN"
            ),
            Sex.FEMALE: _foreign(
                "- マリア MARIA - アンジェラ ANGELA - ソフィア SOPHIA - エミリー EMILY - ジャスミン JASMINE - グレース GRACE - リカ RIKA"
            ),
        },
    ),
)


def foreign(rng: Random, sexes: Sequence[Sex]) -> list[Foreign]:
    """Names of one family from elsewhere, one for each of its members, as long as there are any that nobody has."""
    families, given = rng.choice(_COUNTRIES)
    family, family_kana, latin_family = rng.choice(families)
    found: list[Foreign] = []
    for sex in sexes:
        free = [name for name in given[sex] if all(each.given_kana != name[1] for each in found)]
        signs, kana, latin = rng.choice(free or given[sex])
        found.append(Foreign(family if signs else "", signs, family_kana, kana, latin_family, latin))
    return found
