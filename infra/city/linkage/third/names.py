"""
Names of the third population.

Family names by rank, each with its ways of writing; given names put together of a stem and an ending, sign by sign, so that a wrong sign
of the same sound is always at hand; names from elsewhere as parts, each with its transcriptions.
"""

from itertools import accumulate
from random import Random
from typing import NamedTuple


class Name(NamedTuple):
    """A name: how it is written, how it is read, and other signs of that reading."""

    signs: str
    reading: str
    alike: tuple[str, ...] = ()


class Part(NamedTuple):
    """A part of a name from elsewhere: in Latin letters and in katakana, the register's way first."""

    latin: tuple[str, ...]
    kana: tuple[str, ...]


class Foreign(NamedTuple):
    """A name from elsewhere, in parts."""

    family: Part
    given: tuple[Part, ...]


def _families(text: str) -> tuple[Name, ...]:
    """`reading signs/signs/...`, the commonest first."""
    words = text.split()
    found = []
    for reading, signs in zip(words[::2], words[1::2], strict=True):
        first, *others = signs.split("/")
        found.append(Name(first, reading, tuple(others)))
    return tuple(found)


FAMILIES = _families("""
サトウ 佐藤/左藤/佐当 タナカ 田中/多中 イノウエ 井上/井之上/伊上 マツモト 松本/松元 ナカシマ 中島/中嶋/仲島 ヨシダ 吉田/𠮷田/由田
ワタナベ 渡辺/渡邉/渡邊/渡部 ヤマモト 山本/山元 コガ 古賀/甲賀 ヤマグチ 山口 タカハシ 高橋/髙橋/高梁 オガタ 緒方/尾形/緒形
ミヤザキ 宮崎/宮﨑/宮嵜 ハラダ 原田/腹田 シモカワ 下川/霜川 ヒラノ 平野/比良野 オオツカ 大塚/大塚/大束 ムラカミ 村上/邑上
サイトウ 斉藤/齋藤/斎藤/齊藤 フジワラ 藤原/冨士原 カワノ 河野/川野 アンドウ 安藤/安東 シバタ 柴田/芝田/新発田 オオクボ 大久保/大窪
エトウ 江藤/衛藤 クロキ 黒木/黑木 ノグチ 野口 ツル 鶴/津留/都留 ナガノ 長野/永野 タケシタ 竹下/武下 イシイ 石井/石伊
マエダ 前田/真栄田 カジワラ 梶原/柁原 ホリ 堀/保利 ウエノ 上野/植野 ハマダ 浜田/濱田/濵田 サカイ 酒井/坂井/堺 クボ 久保/窪
アベ 安部/阿部/安倍 ウチダ 内田/打田 カワサキ 川崎/河崎/川嵜 ミウラ 三浦/三裏 オオタ 太田/大田 ヒグチ 樋口/桶口 イワナガ 岩永/巌永
トクナガ 徳永/德永 マスダ 増田/益田/升田 シノザキ 篠崎/篠﨑 ヨコヤマ 横山/橫山 クワノ 桑野/鍬野 リュウ 龍/竜/劉 ジョウ 城/條
スエヨシ 末吉/末次 ヒサトミ 久富/久冨 タシロ 田代/田城 フチガミ 渕上/淵上/渊上 ツジ 辻/辻󠄀/都治 オオバ 大庭/大場/大葉
アリマツ 有松 ヤナギ 柳/栁/柳井 カネコ 金子/兼子 ゴウダ 合田/郷田 ナベシマ 鍋島/鍋嶋 タジリ 田尻/田後 キヨハラ 清原/淸原
ミゾグチ 溝口/溝囗 ヒロセ 広瀬/廣瀬/広瀨 シミズ 清水/志水/淸水 ウシジマ 牛島/牛嶋 クサバ 草場/草葉 ヤスコウチ 安河内/安高内
ニイミ 新美/新見 トヨフク 豊福/豐福 モウリ 毛利/毛里 コウヅマ 上妻/神妻 キヅキ 杵築/木月 ハザマ 間/硲/狭間 エノモト 榎本/江ノ本
ジンノウチ 陣内/神野内 コミヤ 小宮/古宮 ガンジ 雁地 オチアイ 落合/越智合 スギウラ 杉浦 マルヤマ 丸山/円山 フナコシ 船越/舟越
ヨコオ 横尾 タカキ 高木/髙木/喬木 コジマ 小島/小嶋/児島 セト 瀬戸/瀨戸 ヒノ 日野/火野 イイダ 飯田/飯多 トミタ 富田/冨田
""")

_STEMS = (
    ("ハル", "春陽晴遥暖"),
    ("ユウ", "優悠結勇侑祐"),
    ("ソウ", "蒼颯奏湊壮"),
    ("コウ", "航康晃幸煌"),
    ("リョウ", "涼亮諒凌"),
    ("ショウ", "翔匠将昌"),
    ("ケイ", "圭慶啓恵桂"),
    ("リン", "凜凛倫鈴"),
    ("アオ", "碧蒼青葵"),
    ("アキ", "明秋暁彰"),
    ("カズ", "和一数"),
    ("トモ", "友智朋知"),
    ("ナオ", "直尚"),
    ("ミナ", "湊南皆"),
    ("モモ", "桃百"),
    ("ココ", "心此"),
    ("ヒロ", "広大寛博裕"),
    ("マサ", "正雅真昌"),
    ("ヨシ", "良吉義芳"),
    ("タカ", "貴孝高隆"),
    ("サク", "朔咲作"),
    ("レイ", "玲怜礼麗"),
    ("シン", "慎真新心"),
    ("ジュン", "純潤順淳"),
    ("キョウ", "京恭響"),
    ("チ", "千知智"),
    ("ア", "亜愛杏"),
    ("ミ", "美実未"),
    ("サ", "紗沙早"),
    ("ヒ", "陽日妃"),
    ("リ", "莉里理"),
    ("ユ", "由結優"),
    ("イ", "伊衣一"),
)
_OF_BOYS = (
    ("ト", "斗人翔登"),
    ("タ", "太汰大"),
    ("キ", "希樹輝貴"),
    ("マ", "真馬磨"),
    ("ヤ", "也哉弥"),
    ("スケ", "介助輔"),
    ("イチ", "一市壱"),
    ("タロウ", ("太郎", "太朗", "汰郎")),
    ("ノスケ", ("之介", "之助", "之輔")),
    ("ヘイ", "平兵"),
    ("ゴ", "吾悟梧"),
    ("セイ", "生誠成"),
)
_OF_GIRLS = (
    ("カ", "花香夏佳"),
    ("ナ", "奈菜那"),
    ("ミ", "美実海"),
    ("ネ", "音寧祢"),
    ("リ", "莉里梨理"),
    ("ノ", "乃野"),
    ("コ", "子己"),
    ("キ", "希季姫"),
    ("サ", "咲紗沙"),
    ("ホ", "帆穂歩"),
    ("ハ", "羽葉巴"),
    ("ヨ", "代世葉"),
)
_OF_MEN = (("オ", "男夫雄"), ("シ", "司志史"), ("ユキ", "之行幸"), ("ヒコ", "彦比古"[:1]), ("ノリ", "則典徳"), ("アキ", "明昭章"))
_OF_WOMEN = (("コ", "子"), ("ミ", "美実"), ("エ", "恵江枝"), ("ヨ", "代世"), ("カ", "香佳"))
_ALONE = {
    False: (("レン", "蓮怜廉"), ("リク", "陸理久"[:1]), ("カイ", "海快櫂"), ("ジン", "仁迅"), ("イツキ", "樹維"), ("ガク", "岳学楽")),
    True: (("ユイ", "結唯由"), ("メイ", "芽明萌"), ("アン", "杏晏"), ("ツムギ", "紬紡"), ("ヒナ", "雛"), ("シズク", "雫滴")),
}

_WEIGHTS = list(accumulate(1 / (rank + 12) for rank in range(len(FAMILIES))))


def family(rng: Random) -> Name:
    """Draw a family name; one of eight families writes it in another way."""
    (name,) = rng.choices(FAMILIES, cum_weights=_WEIGHTS)
    if not name.alike or rng.random() < 0.875:
        return name
    return written_so(name, rng.choice(name.alike))


def written_so(name: Name, signs: str) -> Name:
    """The same name in other signs."""
    return Name(signs, name.reading, tuple(each for each in (name.signs, *name.alike) if each != signs))


def given(rng: Random, *, woman: bool, grown: bool) -> Name:
    """Draw a given name."""
    if not grown and rng.random() < 0.12:
        reading, signs = rng.choice(_ALONE[woman])
        return written_so(Name(signs[0], reading, tuple(signs[1:])), rng.choice(signs))
    endings = (_OF_WOMEN if woman else _OF_MEN) if grown else (_OF_GIRLS if woman else _OF_BOYS)
    (head, stems), (tail, ends) = rng.choice(_STEMS), rng.choice(endings)
    stem, end = rng.choice(stems), rng.choice(ends)
    others = (*(each + end for each in stems if each != stem), *(stem + each for each in ends if each != end))
    return Name(stem + end, head + tail, others)


def near(rng: Random, name: Name, *, woman: bool) -> Name:
    """Draw a name that begins or ends as this one does, as parents of twins choose them."""
    for _ in range(200):
        other = given(rng, woman=woman, grown=False)
        if other.reading != name.reading and (other.reading[:2] == name.reading[:2] or other.reading[1:] == name.reading[1:]):
            return other
    return given(rng, woman=woman, grown=False)


def _parts(text: str) -> tuple[Part, ...]:
    """`LATIN/...=カナ/...`, with _ for a blank."""
    halves = (word.replace("_", " ").split("=") for word in text.split())
    return tuple(Part(tuple(latin.split("/")), tuple(kana.split("/"))) for latin, kana in halves)


_FAMILY_PARTS = _parts("""
NGUYEN/NGUYÊN=グエン/グェン/ヌエン VO/VÕ=ヴォ/ボー/ボ HOANG/HUYNH=ホアン/ホワン BUI/BÙI=ブイ/ブーイ DANG/ĐẶNG=ダン/ダング
ADHIKARI/ADIKARI=アディカリ/アヂカリ THAPA=タパ/タッパ MAGAR/MAGGAR=マガル/マガール BISTA/BISHTA=ビスタ/ビシュタ
LIU/LIOU=リュウ/リウ ZHAO/CHAO=チャオ/ジャオ ZHOU/CHOU=ジョウ/チョウ WU/WOO=ウ/ウー CHEUNG/ZHANG=チョン/チャン
BAE/PAE=ペ/ベ KANG/GANG=カン/カング SHIN/SIN=シン YOON/YUN=ユン/ユーン RAMOS=ラモス/ラーモス GARCIA/GARSIA=ガルシア/ガルシャ
VILLANUEVA/VILLA_NUEVA=ビリャヌエバ/ヴィリャヌエヴァ IVANOVA/IVANOFF=イワノワ/イヴァノヴァ SILVA/DA_SILVA=シルバ/シルヴァ/ダ_シルバ
PERERA/PEREIRA=ペレラ/ペレーラ RAHMAN/REHMAN=ラーマン/ラフマン SMITH/SMYTH=スミス/スミスス WIJAYA/WIDJAJA=ウィジャヤ/ビジャヤ
""")
_GIVEN_PARTS = _parts("""
THI/T=ティ/チ VAN/VĂN=バン/ヴァン LINH=リン MAI=マイ TUAN/TUẤN=トゥアン/ツアン HIEU/HIẾU=ヒエウ/ヒュー NGOC/NGỌC=ゴック/ゴク
SANDESH/SANDES=サンデス/サンデシュ ANJALI/ANJALEE=アンジャリ/アンジャリー ROHAN=ロハン/ローハン KRITI/KIRTI=クリティ/キルティ
HAORAN/HAO-RAN=ハオラン/ハウラン YUTONG/YU-TONG=ユートン/ユウトン MENG=モン/メン JAE-WON/JAEWON=ジェウォン/チェウォン
SU-BIN/SUBIN/SOOBIN=スビン/スービン MIN-SEO/MINSEO=ミンソ/ミンソー MARK=マーク/マルク ANTHONY/ANTONY=アンソニー/アントニー
GRACE=グレース/グレイス ELENA/HELENA=エレナ/エレーナ LUCAS/LUKAS=ルーカス/ルカス
YUSUF/YOUSSEF=ユスフ/ユースフ AISHA/AYESHA=アイシャ/アーイシャ
DIMAS=ディマス/デマス SARI=サリ/サーリー MICHAEL/MIKHAIL=マイケル/ミハイル OLIVIA=オリビア/オリヴィア
""")


def foreign(rng: Random, family_part: Part | None = None) -> Foreign:
    """Draw a name from elsewhere, with one given name or two."""
    return Foreign(family_part or rng.choice(_FAMILY_PARTS), tuple(rng.sample(_GIVEN_PARTS, 1 if rng.random() < 0.6 else 2)))
