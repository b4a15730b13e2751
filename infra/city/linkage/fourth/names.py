"""
Names of the fourth population: whole given names as parents choose them, each reading with several ways to write it and what it is
called for short; family names by reading; names from elsewhere with the spellings that sources use.
"""

from random import Random
from typing import NamedTuple


class Name(NamedTuple):
    """A name as written, its reading, and how else that reading is written."""

    signs: str
    reading: str
    others: tuple[str, ...] = ()


class Elsewhere(NamedTuple):
    """A name from elsewhere: Latin spellings and kana of the family name and of each given name, the register's first."""

    family: tuple[tuple[str, ...], tuple[str, ...]]
    given: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def _read(text: str) -> tuple[Name, ...]:
    found = []
    for word in text.split():
        reading, signs = word.split("=")
        first, *others = signs.split(",")
        found.append(Name(first, reading, tuple(others)))
    return tuple(found)


FAMILIES = _read("""
スズキ=鈴木,鱸 イトウ=伊藤,伊東,井藤 ヤマダ=山田 ナカムラ=中村,仲村 コバヤシ=小林 カトウ=加藤,嘉藤 ササキ=佐々木,笹木 キムラ=木村,喜村
ハヤシ=林 シミズ=清水 モリ=森,毛利 イケダ=池田 ハシモト=橋本,橋元 イシカワ=石川,石河 オガワ=小川 オカダ=岡田 ゴトウ=後藤,五島
フジタ=藤田 エンドウ=遠藤,円藤 アオキ=青木 サカモト=坂本,阪本,坂元 フクダ=福田 ニシムラ=西村 ミヤモト=宮本 タケウチ=竹内,武内
ナカガワ=中川 ハラ=原 マツダ=松田 カワカミ=川上,河上 マツオ=松尾 イワサキ=岩崎,巌崎 ヨシムラ=吉村,𠮷村 タナベ=田辺,田邊,田邉 モリタ=森田
ヒサナガ=久永 クドウ=工藤,宮藤 ヨコタ=横田 オオイシ=大石 ミヤタ=宮田 タカダ=高田,髙田 シマダ=島田,嶋田 サワダ=沢田,澤田 ヒラタ=平田
カタヤマ=片山 ツツミ=堤 アラマキ=荒巻 ハタエ=波多江 イモト=井本 トヨシマ=豊島,豊嶋 オグラ=小倉 セガワ=瀬川 ウラ=浦 カミムラ=上村,神村
ウエムラ=植村,上村 ヤノ=矢野 ヒロタ=広田,廣田
""")
_WEIGHTS = [1 / (rank + 4) for rank in range(len(FAMILIES))]

BOYS = _read("""
ハルト=陽翔,晴斗,遥人,春翔 ソウタ=颯太,蒼太,奏汰,壮太 ユウト=悠斗,優翔,勇人 ミナト=湊,港斗,湊人 ヒナタ=陽向,日向,陽太 レン=蓮,廉,煉
アオイ=葵,碧,蒼生 カイト=海斗,魁人,快翔 ユウマ=悠真,佑真,優馬 リク=陸,凌空,璃空 イツキ=樹,一樹,伊月 リツ=律,立 ハヤト=隼人,颯人,勇翔
コウキ=光希,航輝,煌貴 タイガ=大河,太雅,泰雅 ケンタ=健太,賢太 ダイチ=大地,大智 ショウタ=翔太,将太,正太 ナオキ=直樹,尚輝
タクミ=匠,拓海,拓実,巧 ユウキ=勇気,悠希,祐樹 コウタ=航太,幸太,康太 シュン=駿,俊,瞬 リョウ=涼,亮,諒 ジュンペイ=順平,純平
シンノスケ=慎之介,真之助 コタロウ=虎太郎,小太郎,琥太郎 ソウイチロウ=宗一郎,壮一朗 ユウゴ=悠吾,雄吾 アサヒ=朝陽,旭,朝日
""")
GIRLS = _read("""
ヒマリ=陽葵,向葵,日葵 ユイ=結衣,唯,由依,優衣 メイ=芽衣,芽依,明依 サクラ=咲良,桜,さくら ミオ=美緒,澪,未央 ハナ=花,羽奈,華,はな
コハル=心春,小春,こはる リオ=莉緒,里桜,理央 イチカ=一花,一華,苺花 アカリ=朱莉,明里,灯,あかり ミユ=美優,心優,未夢 ユナ=結菜,優奈,柚奈
リン=凛,鈴,倫 ココナ=心菜,心奈,ここな サナ=紗奈,咲菜,沙南 ホノカ=穂乃果,帆花,ほのか ノゾミ=希,望美,希美 アヤカ=彩花,綾香,彩加
マユ=真由,麻友,茉優 ユウカ=優花,悠華,夕夏 ナナミ=七海,菜々美,奈々未 ミサキ=美咲,岬,美沙希 カナコ=加奈子,佳菜子 チヒロ=千尋,千紘
ミヅキ=美月,瑞月,みづき カオル=薫,香 アンナ=杏奈,安奈 エマ=恵茉,咲茉,絵麻 ツムギ=紬,紡希,つむぎ スズ=鈴,涼,すず
""")
GROWN_MEN = _read("""
ヒロシ=浩,博,宏 タカシ=隆,孝,崇 マコト=誠,真 ケンジ=健二,賢治,謙次 シゲル=茂,繁 テツヤ=哲也,徹也 ヨシアキ=義明,良昭 カズヒコ=和彦,一彦
マサル=勝,優 ノボル=昇,登
ダイスケ=大輔,大介 ヒデキ=秀樹,英樹 ジュンイチ=純一,淳一 コウジ=浩二,康司 ユタカ=豊,裕 ツトム=努,勉 トシオ=俊夫,敏雄 シンゴ=真吾,慎悟
タツヤ=達也,竜也 キヨシ=清,潔
""")
GROWN_WOMEN = _read("""
ユミコ=由美子,裕美子 エミ=恵美,絵美 トモコ=智子,朋子 カズコ=和子,一子 ミホ=美穂,美保 ナオミ=直美,尚美 アキコ=明子,晶子 マリ=真理,麻里
クミコ=久美子 サチエ=幸恵,祥江
ノリコ=典子,紀子 ヨウコ=洋子,陽子,葉子 アイ=愛,藍 メグミ=恵,愛美 シホ=志保,詩穂 タエコ=妙子 ミドリ=緑,翠 フミエ=文江,史恵 キヨミ=清美
チエ=千恵,知恵 レイコ=玲子,礼子
""")
_ELSEWHERE_FAMILIES = (
    (("TRAN", "TRẦN"), ("チャン", "トラン")),
    (("LE", "LÊ"), ("レ", "レー")),
    (("SHRESTHA",), ("シュレスタ", "シレスタ")),
    (("ZHANG", "CHANG"), ("チャン", "ジャン")),
    (("PARK", "BAK"), ("パク", "バク")),
    (("DELA CRUZ", "DE LA CRUZ"), ("デラクルス", "デ・ラ・クルーズ")),
    (("SILVA", "DA SILVA"), ("シルバ", "シルヴァ")),
    (("MUELLER", "MÜLLER"), ("ミュラー", "ミューラー")),
)
_ELSEWHERE_GIVEN = (
    (("LINH",), ("リン", "リイン")),
    (("MINH",), ("ミン", "ミイン")),
    (("ANJALI",), ("アンジャリ", "アンジャリー")),
    (("BISHAL", "VISHAL"), ("ビシャル", "ヴィシャール")),
    (("XIAOMEI", "XIAO MEI"), ("シャオメイ", "ギョウビ")),
    (("JIHO", "JI-HO"), ("ジホ", "チホ")),
    (("MARIA",), ("マリア", "マリヤ")),
    (("JOSE", "JOSÉ"), ("ホセ", "ジョゼ")),
    (("GABRIEL",), ("ガブリエル", "ガブリエウ")),
    (("SOPHIE", "SOFIE"), ("ソフィー", "ゾフィー")),
)


def family(rng: Random) -> Name:
    """A family name of the city."""
    return rng.choices(FAMILIES, _WEIGHTS)[0]


def given(rng: Random, *, woman: bool, grown: bool = False) -> Name:
    """A given name; one of a reading's spellings stands for it."""
    names = (GROWN_WOMEN if woman else GROWN_MEN) if grown else (GIRLS if woman else BOYS)
    return respelled(rng, rng.choice(names))


def respelled(rng: Random, name: Name) -> Name:
    """The reading as somebody else writes it, or the same."""
    every = (name.signs, *name.others)
    chosen = rng.choice(every)
    return Name(chosen, name.reading, tuple(each for each in every if each != chosen))


def elsewhere(rng: Random, shared: Elsewhere | None = None) -> Elsewhere:
    """A name from elsewhere; of one family with `shared`."""
    own = shared.family if shared else rng.choice(_ELSEWHERE_FAMILIES)
    return Elsewhere(own, tuple(rng.sample(_ELSEWHERE_GIVEN, rng.choice((1, 1, 2)))))


def pet_name(name: Name) -> str:
    """What a child is called at home: ハルくん is written as ハル."""
    reading = name.reading
    return reading[:2] if len(reading) > 2 and reading[1] not in "ャュョッー" else f"{reading[:3]}チャン"


VOICES = dict(zip("カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True))
SPEECHLESS = {voiced: plain for plain, voiced in VOICES.items()}


def misheard(rng: Random, reading: str) -> str:
    """A reading with a voice too many or too few, a long kana short or a short one long; never the same."""
    ways = [
        reading[:at] + other + reading[at + 1 :] for at, sign in enumerate(reading) if (other := VOICES.get(sign) or SPEECHLESS.get(sign))
    ]
    ways += [reading[:at] + reading[at + 1 :] for at, sign in enumerate(reading) if at and sign in "ウイー"]
    ways += [reading[: at + 1] + "ウ" + reading[at + 1 :] for at, sign in enumerate(reading) if sign in "コソトノホモヨロョュユ"]
    return rng.choice([way for way in ways if way and way != reading] or [f"{reading}ー"])
