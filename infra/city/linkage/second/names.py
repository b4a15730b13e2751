"""
Names of the second population: readings with the ways in which they are written, and transcriptions from elsewhere in several spellings.

Family names are those of northern Kyūshū's telephone books as one remembers them; children's names are grouped by how they sound, since
that is how they are confused. Nobody is described by a name put together at random.
"""

from random import Random
from typing import NamedTuple

FAMILIES = tuple(
    tuple(entry.split(":"))
    for entry in [
        "タナカ:田中",
        "ナカムラ:中村:仲村",
        "イノウエ:井上:井ノ上",
        "ヤマモト:山本:山元",
        "ヨシダ:吉田:芳田",
        "マツオ:松尾:松雄",
        "サトウ:佐藤:佐東",
        "ワタナベ:渡辺:渡邉:渡邊:渡部",
        "コガ:古賀:古閑",
        "ヤマグチ:山口",
        "ヤマダ:山田",
        "イトウ:伊藤:伊東",
        "サカモト:坂本:阪本:坂元",
        "モリ:森:毛利",
        "ハラダ:原田",
        "マツモト:松本:松元",
        "ハヤシ:林",
        "ゴトウ:後藤:五島",
        "フクダ:福田:冨久田",
        "イケダ:池田",
        "オガワ:小川:緒川",
        "ヤマサキ:山崎:山﨑:山咲",
        "ミヤザキ:宮崎:宮﨑",
        "ヤスナガ:安永:保永",
        "ツツミ:堤:包",
        "シライシ:白石:白井志",
        "イシバシ:石橋",
        "カワノ:川野:河野",
        "タケシタ:竹下:武下",
        "エグチ:江口",
        "オオツカ:大塚:大束",
        "オオタ:太田:大田",
        "オオノ:大野:多野",
        "オノ:小野:尾野",
        "オオクボ:大久保",
        "クボ:久保:窪",
        "アダチ:足立:安達",
        "アベ:阿部:安部:安倍",
        "アンドウ:安藤:安東",
        "イワナガ:岩永",
        "ウエダ:上田:植田",
        "ウチダ:内田",
        "エトウ:江藤:衛藤:江頭",
        "カイ:甲斐",
        "カジワラ:梶原",
        "カワサキ:川崎:河崎",
        "キノシタ:木下",
        "クロキ:黒木",
        "コウノ:高野:幸野",
        "サイトウ:斎藤:齋藤:斉藤:齊藤",
        "サカイ:酒井:坂井:境",
        "シマダ:島田:嶋田",
        "シバタ:柴田",
        "スエナガ:末永",
        "タカキ:高木:髙木",
        "タカシマ:高島:髙嶋",
        "タケナカ:竹中",
        "タシロ:田代",
        "タニグチ:谷口",
        "ツチヤ:土屋",
        "トクナガ:徳永:德永",
        "ナカシマ:中島:中嶋",
        "ナカジマ:中島",
        "ナガタ:永田:長田",
        "ナガマツ:永松",
        "ニシムラ:西村",
        "ニワ:丹羽",
        "ノグチ:野口",
        "ノナカ:野中",
        "ハマサキ:浜崎:濱崎",
        "ヒグチ:樋口",
        "ヒラタ:平田",
        "フジタ:藤田",
        "フルカワ:古川",
        "フルショウ:古庄",
        "ホリ:堀",
        "マエダ:前田",
        "マキ:牧:槇",
        "マスダ:増田:益田",
        "ミウラ:三浦",
        "ミゾグチ:溝口",
        "ミヤモト:宮本",
        "ムタ:牟田",
        "モトムラ:本村",
        "モリヤマ:森山",
        "ヤナギ:柳",
        "ヤナセ:柳瀬",
        "ヤノ:矢野",
        "ヨコオ:横尾",
        "ヨシムラ:吉村",
        "ワダ:和田",
        "ワタベ:渡部",
        "カナザワ:金沢:金澤",
        "キタジマ:北島",
        "クワハラ:桑原",
        "タブチ:田渕:田淵",
        "ドイ:土井:土居",
        "ハナダ:花田",
        "イデ:井手:井出",
        "ヒガシ:東",
        "ヒロタ:広田:廣田",
        "フクシマ:福島:福嶋",
        "フジイ:藤井",
        "フジワラ:藤原",
        "ヘキ:日置",
        "ホンダ:本田:本多",
        "マツザキ:松崎",
        "ミナミ:南",
        "ムラタ:村田",
        "モロオカ:諸岡",
        "ヤスダ:安田",
        "ユゲ:弓削",
        "ヨシナガ:吉永",
        "ヨシトミ:吉富:吉冨",
        "リキマル:力丸",
        "ワカマツ:若松",
        "アソウ:麻生",
        "アリマ:有馬",
        "イイダ:飯田",
        "イマイズミ:今泉",
        "ウラ:浦",
        "オガタ:緒方:尾形:緒形",
        "カネコ:金子",
        "カミムラ:上村",
        "キヨハラ:清原",
    ]
)
"""Reading, then the ways of writing it, the commonest first."""

BOYS = tuple(
    tuple(entry.split(":"))
    for entry in [
        "ハルト:陽翔:晴翔:春翔:遥斗:悠人:陽斗:晴人:大翔",
        "ユウト:悠斗:優斗:悠人:勇斗:結斗:侑都",
        "ソウタ:颯太:蒼太:奏太:壮太:創太:聡太",
        "ハルキ:春樹:陽希:晴輝:遥希:悠生",
        "ユウキ:悠希:勇気:優希:祐樹:佑輝",
        "リク:陸:凌空:莉空:璃久",
        "ソラ:空:蒼空:昊:天",
        "ヒナタ:陽向:日向:陽大:日陽",
        "ユイト:結翔:唯斗:結人:惟人",
        "レン:蓮:廉:漣:錬",
        "アオイ:碧:蒼:葵:蒼生",
        "ミナト:湊:港斗:湊斗:南斗",
        "コウキ:光希:航希:幸輝:昂輝:康生",
        "タイガ:大雅:大河:泰雅:虎",
        "ソウスケ:蒼介:奏佑:壮亮:颯介",
        "コウタ:航太:康太:幸汰:昂太",
        "ケイタ:圭太:慶太:啓太:恵多",
        "シュン:駿:俊:瞬:舜",
        "リョウタ:涼太:亮太:遼太:凌大",
        "ダイキ:大輝:大樹:大貴:大喜",
        "カイト:海斗:海翔:快斗:櫂人",
        "アサヒ:朝陽:旭:朝日:旭陽",
        "イツキ:樹:一樹:伊槻:樹生",
        "ユウマ:悠真:悠馬:優真:佑磨",
        "リオ:理央:莉央:璃音:凛音",
        "ケント:健斗:賢人:謙人:絢斗",
        "ショウ:翔:奨:将:渉",
        "ジョウタロウ:丈太郎:譲太郎:錠太郎",
        "リュウノスケ:龍之介:隆之介:琉之輔",
        "コタロウ:虎太郎:小太郎:琥太朗",
        "シンノスケ:慎之助:真之介:信之輔",
        "ユウノスケ:悠之介:勇之助",
        "ケンタロウ:健太郎:賢太朗",
        "セイヤ:星矢:誠也:聖哉",
        "タツキ:樹:竜生:龍希:達希",
        "ナオキ:直樹:尚輝:直紀",
        "マサト:雅人:真人:正人:将斗",
        "ヒロト:大翔:広翔:寛人:裕斗",
        "ヒロキ:大輝:弘樹:裕貴:寛生",
        "トモキ:友希:智樹:知輝:朋希",
        "トモヤ:友也:智哉:朋弥",
        "カズマ:一真:和馬:一馬",
        "シオン:詩音:紫苑:心温:史温",
        "ルイ:類:琉生:瑠衣:塁",
        "レイ:怜:零:玲:澪",
        "ガク:岳:学:楽",
        "テツ:哲:鉄",
        "ツカサ:司:吏:士",
        "ミツキ:光希:充希:満月",
        "ツヅル:綴:都弦",
        "キョウスケ:京介:恭輔:恭介:響介",
    ]
)

GIRLS = tuple(
    tuple(entry.split(":"))
    for entry in [
        "ユイ:結衣:唯:優衣:結:由衣",
        "ヒマリ:陽葵:向葵:日葵:陽鞠",
        "リン:凛:凜:鈴:琳",
        "サクラ:咲良:桜:さくら:咲来",
        "メイ:芽依:芽生:萌衣:愛衣:明依",
        "ユナ:結菜:優奈:由奈:柚那",
        "アオイ:葵:碧:蒼依:青衣",
        "ツムギ:紬:紡:つむぎ:月麦",
        "イチカ:一花:市香:衣千佳:苺花",
        "ミオ:澪:美桜:美緒:未央",
        "ヒナ:陽菜:日菜:雛:妃奈",
        "コハル:心春:小春:瑚春:心晴",
        "エマ:咲茉:絵茉:恵麻:瑛真",
        "リコ:莉子:理子:梨子:璃瑚",
        "カンナ:栞奈:環奈:柑奈",
        "ホノカ:帆乃香:穂花:和花",
        "サナ:紗菜:咲奈:早那",
        "ユア:結愛:由愛:優亜:夢愛",
        "ミユ:美結:美優:心結:実夢",
        "ミユウ:美優:美夕:未侑",
        "アカリ:朱莉:明里:灯:朱里:星",
        "ヒカリ:光莉:光:日香里",
        "ノドカ:和花:和:温",
        "コトネ:琴音:言音:采音",
        "コトハ:琴葉:琴羽:詞葉",
        "ナナミ:七海:奈々美:菜々実",
        "モモカ:桃花:百花:萌々香",
        "リオ:莉緒:理央:璃乙",
        "リオン:凛音:莉音:璃穏",
        "スズ:鈴:涼:紗々",
        "アヤカ:彩花:綾香:彩華:礼佳",
        "アヤネ:彩音:綾音:絢音",
        "ミヅキ:美月:瑞月:水月",
        "ミズキ:瑞希:瑞樹:美寿々",
        "ユヅキ:柚月:結月:夕月",
        "ユズキ:柚希:柚葵",
        "ユズハ:柚葉:柚羽",
        "フウカ:風花:楓花:楓香",
        "カエデ:楓:花恵:かえで",
        "チヒロ:千尋:知尋:千裕",
        "ワカナ:若菜:和奏:環菜",
        "シオリ:栞:詩織:汐里",
        "ハナ:花:華:羽奈:英",
        "ハナコ:花子:華子",
        "ルナ:月:瑠奈:瑠菜",
        "マオ:真央:茉桜:舞桜",
        "マナ:愛:茉奈:真菜",
        "マイ:舞:真衣:麻衣",
        "アン:杏:安:晏",
        "ネネ:寧々:音々",
        "ノア:乃愛:望愛",
        "ココナ:心菜:心愛:瑚々奈",
        "ココロ:心:こころ",
        "ユウカ:優花:悠香:夕佳",
        "ユカ:由佳:結花",
        "チヅル:千鶴:千弦",
        "キョウカ:京香:杏花:響香",
    ]
)

MEN = tuple(
    tuple(entry.split(":"))
    for entry in [
        "ケンジ:健二:賢治:憲司",
        "ヒロシ:浩:博:弘:洋",
        "タカシ:隆:孝:崇",
        "ユウジ:裕二:雄二:勇治",
        "シンイチ:真一:慎一:信一",
        "コウイチ:浩一:晃一:幸一",
        "ダイスケ:大輔:大介",
        "タクヤ:拓也:卓也:琢哉",
        "テツヤ:哲也:徹也",
        "リョウ:亮:涼:遼",
        "カズヒコ:和彦:一彦",
        "ヨシオ:義男:良雄:芳夫",
        "マサル:勝:優:賢",
        "オサム:修:治:理",
        "シゲル:茂:繁:滋",
        "マコト:誠:真:実",
        "ショウタ:翔太:祥太",
        "タツヤ:達也:竜也",
        "ジュン:淳:純:順",
        "ユウスケ:祐介:雄介:悠輔",
    ]
)

WOMEN = tuple(
    tuple(entry.split(":"))
    for entry in [
        "ユウコ:裕子:優子:祐子:侑子",
        "ヨウコ:陽子:洋子:容子:葉子",
        "ケイコ:恵子:圭子:慶子:啓子",
        "ミカ:美香:美佳:美加",
        "アユミ:歩:亜由美:歩美",
        "カオリ:香織:香:佳織",
        "マユミ:真由美:眞弓:麻由美",
        "トモコ:智子:友子:朋子:知子",
        "エミ:恵美:絵美:笑",
        "サオリ:沙織:早織",
        "ナツミ:夏美:菜摘:奈津美",
        "メグミ:恵:恵美:愛",
        "ミサキ:美咲:岬",
        "チエ:千恵:智恵",
        "アヤ:彩:綾:亜矢",
        "シズエ:静枝:静江",
        "フミコ:文子:史子",
        "キヨコ:清子:喜代子",
        "ノリコ:典子:紀子:法子",
        "マリ:真理:麻里:茉莉",
    ]
)


class Called(NamedTuple):
    """A name: how it is written, how it is read, and how else that reading is written."""

    signs: str
    reading: str
    others: tuple[str, ...]


class Transcribed(NamedTuple):
    """A name from elsewhere: its spellings in Latin letters and in katakana; the first of each is the register's."""

    latin: tuple[str, ...]
    kana: tuple[str, ...]


def _transcribed(text: str) -> tuple[Transcribed, ...]:
    """Latin spellings, =, katakana spellings; spellings with : between, _ for a blank."""
    found = []
    for entry in text.split():
        latin, kana = entry.replace("_", " ").split("=")
        found.append(Transcribed(tuple(latin.split(":")), tuple(kana.split(":"))))
    return tuple(found)


ELSEWHERE_FAMILIES = _transcribed("""
NGUYEN:NGUYỄN:NGYUEN=グエン:グェン:ニュエン:グエヌ TRAN:TRẦN=チャン:トラン PHAM:PHẠM=ファム:パム HUYNH:HUỲNH=フイン:フィン:ヒュン
LE:LÊ=レ:レー DO:ĐỖ=ド:ドー SHRESTHA:SHRESTA=シュレスタ:シレスタ GURUNG:GURUNGG=グルン:グルング TAMANG:TAMAANG=タマン:タマング
CHAUDHARY:CHAUDHARI:CHOWDHURY=チョウドリ:チャウダリ:チョードリー RAI=ライ:ラーイ LI:LEE=リ:リー WANG:WONG=ワン:オウ
ZHANG:CHANG=チャン:ジャン CHEN:CHAN=チェン:チン HUANG:HWANG=ファン:ホアン XU:HSU=シュ:シュー KIM:GIM=キム PARK:PAK:BAK=パク:パック
CHOI:CHOE=チェ:チョイ LEE:YI:RHEE=イ:リー JUNG:JEONG:CHUNG=チョン:ジョン SANTOS:DOS_SANTOS=サントス REYES:REYEZ=レイエス:レエス
DELA_CRUZ:DE_LA_CRUZ:DELACRUZ=デラクルス:デ_ラ_クルス MULLER:MUELLER:MÜLLER=ミュラー:ムラー:ミューラー
PETROV:PETROFF=ペトロフ:ペトローフ
""")

ELSEWHERE_GIVEN = _transcribed("""
THI_LAN:LAN=ティ_ラン:ラン MINH_QUAN:QUAN=ミン_クアン:クアン ANH:ÁNH=アイン:アン DUC:ĐỨC=ドゥック:ドック HUONG:HƯƠNG=フオン:フォン
PHUC:PHÚC=フック AARAV:ARAV=アーラヴ:アラブ:アラヴ SUSHMITA:SUSMITA=スシュミタ:ススミタ BISHAL:VISHAL=ビシャル:ヴィシャル
PRAJWAL=プラジュワル:プラジワル XINYI:HSIN-YI=シンイー:シンイ JIAHAO:CHIA-HAO=ジアハオ:ジャーハオ
ZIXUAN:TZU-HSUAN=ズーシュエン:ツーシュアン SEO-JUN:SEOJUN:SUH_JOON=ソジュン:ソジュヌ JI-WOO:JIWOO:JEE_WOO=ジウ:チウ
HYUN-JIN:HYUNJIN=ヒョンジン:ヒョンジヌ JOHN_PAUL:JOHNPAUL=ジョンポール:ジョン_ポール
MARIA_THERESA:MA._THERESA:MARIA=マリア_テレサ:マリア ANGELICA:ANJELICA=アンジェリカ:アンゲリカ JOSEPH:YOSEF=ジョセフ:ヨセフ
SOFIA:SOPHIA:SOFIYA=ソフィア:ソフィヤ ALEKSANDR:ALEXANDER=アレクサンドル:アレクサンダー
MUHAMMAD:MOHAMMED:MOHAMAD=ムハンマド:モハメド:モハンマド
""")


def called(rng: Random, table: tuple[tuple[str, ...], ...]) -> Called:
    """Draw a name: early readings, and early ways of writing them, are commoner."""
    # The lesser of two draws: the first of a hundred comes up two hundred times as often as the last.
    reading, *written = table[int(min(rng.random(), rng.random()) * len(table))]
    signs = written[int(min(rng.random(), rng.random()) * len(written))]
    return Called(signs, reading, tuple(each for each in written if each != signs))
