"""The words of the grammar, as people in Taiwan and Japan and in English write them. Folded when read (`terms.Words`)."""

from typing import Final

# A shop may add to each of these kinds. Alone in a message: order and please = one of the latest.
DEFAULT: Final[dict[str, tuple[str, ...]]] = {
    "order": (
        "我要", "要", "來", "我想要", "我要買", "我要訂", "我要訂購", "我要購買", "再來", "再要", "我還要",
        "欲しい", "ほしい", "欲しいです", "ほしいです",
        "i want", "i'd like", "i would like", "i'll take", "i want to order", "i want to buy",
    ),
    # Asks politely; next to another verb it only adds courtesy (キャンセルお願いします).
    "please": (
        "お願いします", "お願い", "おねがいします", "お願い致します", "お願いいたします",
        "ください", "下さい", "をお願いします", "をください", "を下さい",
    ),
    # Too weak alone; an order with a number or a product beside them.
    "buy": (
        "給我", "訂", "買", "訂購", "購買", "下單", "再加", "追加", "追加で", "注文", "注文します", "ご注文", "買います", "購入", "購入します",
        "order", "buy", "give me", "add",
    ),
    "reserve": (
        "幫我留", "請幫我留", "幫我保留", "幫我預留", "幫忙留", "麻煩幫我留", "預留", "保留", "請幫我保留", "請幫我預留",
        "取り置き", "取り置きして", "取置き", "取り置きで", "お取り置き", "取っておいて", "キープ", "キープして",
        "reserve", "hold", "please reserve", "save me", "keep me",
    ),
    "history": (
        "履歷", "購入履歷", "購買履歷", "訂單履歷", "我的訂單", "查訂單", "訂單查詢", "查詢訂單", "購買紀錄", "購買記錄", "訂購紀錄", "訂單紀錄",
        "注文履歷", "履歴", "購入履歴", "注文履歴", "注文確認",
        "history", "my orders", "my order", "order history", "purchase history", "my history",
    ),
    "change": (
        "改", "改成", "改為", "改要", "更改", "更改為", "更改成", "變更", "變更為", "變更成", "修改", "修改為", "修改成", "數量改", "數量改成", "數量改為",
        "変更", "変更して", "変更します", "数量変更", "数量を", "変えて",
        "change", "change to", "change it to", "make it", "change quantity to",
    ),
    "reduce": (
        "少", "減", "減少", "扣", "少買", "少訂",
        "減らして", "減らす", "減らします",
        "minus", "remove", "reduce", "reduce by", "take off",
    ),
    "cancel": (
        "取消", "取消訂單", "取消訂購", "取消掉", "幫我取消", "我要取消",
        "キャンセル", "キャンセルします", "キャンセルして", "キャンセルしたい", "キャンセルで", "取り消し", "取り消して", "取消し", "注文キャンセル",
        "cancel", "cancel order", "cancel my order",
    ),
    "all": ("全部", "所有", "全部訂單", "所有訂單", "全て", "すべて", "全部の注文", "all", "all orders", "everything", "all my orders"),
    "every": (
        "各", "各色", "各款", "各種", "每色", "每款", "每種", "每樣", "全色", "全款", "包色", "全部各", "每個顏色", "每一色", "每一款", "色各", "款各",
        "全種類", "全色各", "各サイズ", "each", "of each", "every color", "every colour", "all colors", "all colours",
    ),
}  # fmt: skip

# Belong to a command only beside its verb.
POLITE: Final = ("請", "麻煩", "幫我", "請幫我", "麻煩幫我", "please", "pls", "です", "で", "let me", "for me")
# Say nothing by themselves and must follow a product, an option or a number.
FILL: Final = ("色", "的", "號", "尺寸", "顏色", "款", "の", "を", "が", "に", "へ", "サイズ", "カラー", "size", "color", "colour", "of", "to", "x")
# Points at a product; clear only when a message is quoted.
THIS: Final = ("這個", "這款", "這件", "此款", "これ", "これを", "この商品", "こちら", "this", "this one")
SEPARATORS: Final = (",", "、", ";", "\n", "。", "和", "跟", "與", "還有", "&", "と", "and")

_SIZES: Final = "xs s m l xl xxl xxxl 2xl 3xl 4xl 2l 3l 4l ll 3l f free ss フリー 均碼 大 中 小 大號 中號 小號".split()
_COLOURS: Final = (
    "黑 白 紅 藍 綠 黃 灰 紫 粉 粉紅 咖啡 咖 棕 橘 橙 米 米白 杏 金 銀 卡其 藏青 深藍 淺藍 酒紅 墨綠 奶茶 裸 青 桃 赤 茶 ピンク グレー ブラック "
    "ホワイト レッド ブルー グリーン ベージュ ネイビー black white red blue green yellow grey gray pink purple brown beige navy orange"
).split()
# An unknown word among these is an option that the product does not have, not small talk.
OPTION_LIKE: Final = frozenset((*_SIZES, *_COLOURS, *(f"{colour}色" for colour in _COLOURS)))
