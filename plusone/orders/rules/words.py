"""The words of the grammar, as people in Taiwan and Japan and in English write them, folded when read."""

from typing import Final


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("/"))


# A shop may add to each of these kinds. Alone in a message, order and please mean one of the latest.
DEFAULT: Final[dict[str, tuple[str, ...]]] = {
    "order": _phrases("""
        我要 / 要 / 來 / 我想要 / 我要買 / 我要訂 / 我要訂購 / 我要購買 / 再來 / 再要 / 我還要 /
        欲しい / ほしい / 欲しいです / ほしいです /
        i want / i'd like / i would like / i'll take / i want to order / i want to buy"""),
    # Asks politely; next to another verb it only adds courtesy (キャンセルお願いします).
    "please": _phrases("""
        お願いします / お願い / おねがいします / お願い致します / お願いいたします / ください / 下さい"""),
    # Too weak alone; an order with a number or a product beside them.
    "buy": _phrases("""
        給我 / 訂 / 買 / 訂購 / 購買 / 下單 / 再 / 再加 / 追加 / 追加で /
        注文 / 注文します / ご注文 / 買います / 購入 / 購入します / order / buy / give me / add"""),
    "reserve": _phrases("""
        幫我留 / 請幫我留 / 麻煩幫我留 / 幫忙留 / 幫我保留 / 請幫我保留 / 幫我預留 / 請幫我預留 / 預留 /
        保留 / 取り置き / お取り置き /
        取置き / 取り置きして / 取り置きで / 取っておいて / キープ / キープして /
        reserve / hold / keep / please reserve / save me / keep me"""),
    "history": _phrases("""
        履歷 / 購入履歷 / 購買履歷 / 訂單履歷 / 注文履歷 / 我的訂單 / 查訂單 / 訂單查詢 / 查詢訂單 /
        購買紀錄 / 購買記錄 / 訂購紀錄 / 訂單紀錄 / 履歴 / 購入履歴 / 注文履歴 / 注文確認 /
        history / my history / my orders / my order / order history / purchase history"""),
    "change": _phrases("""
        改 / 改成 / 改為 / 改要 / 更改 / 更改為 / 更改成 / 變更 / 變更為 / 變更成 / 修改 / 修改為 / 修改成 /
        數量改 / 數量改成 / 數量改為 / 変更 / 変更して / 変更します / 数量変更 / 数量を / 変えて /
        change / change to / change it to / change quantity to / make it"""),
    "reduce": _phrases("""
        少 / 減 / 減少 / 扣 / 少買 / 少訂 / 減らして / 減らす / 減らします /
        minus / remove / reduce / reduce by / take off"""),
    "cancel": _phrases("""
        取消 / 取消訂單 / 取消訂購 / 取消掉 / 幫我取消 / 我要取消 / キャンセル / キャンセルします /
        キャンセルして /
        キャンセルしたい / キャンセルで / 取り消し / 取り消して / 取消し / 注文キャンセル /
        cancel / cancel order / cancel my order"""),
    "all": _phrases("""
        全部 / 所有 / 全部訂單 / 所有訂單 / 全て / すべて / 全部の注文 /
        all / all orders / all my orders / everything"""),
    "every": _phrases("""
        各 / 各色 / 各款 / 各種 / 每色 / 每款 / 每種 / 每樣 / 每一色 / 每一款 / 每個顏色 / 全色 /
        全款 / 全色各 / 全部各 / 包色 / 色各 / 款各 / 全種類 / 各サイズ /
        each / of each / every color / every colour / all colors / all colours"""),
}

# Belong to a command only beside its verb.
POLITE: Final = _phrases("請 / 麻煩 / 幫我 / 請幫我 / 麻煩幫我 / please / pls / です / で / let me / for me")
# Say nothing by themselves and must follow a product, an option or a number.
FILL: Final = _phrases(
    "色 / 的 / 號 / 尺寸 / 顏色 / 款 / の / を / が / に / へ / サイズ / カラー / "
    "size / color / colour / of / to"
)
# Points at a product; clear only when a message is quoted.
THIS: Final = _phrases("這個 / 這款 / 這件 / 此款 / これ / これを / この商品 / こちら / this / this one")
SEPARATORS: Final = (*_phrases("、 / 。 / 和 / 跟 / 與 / 還有 / と / and / & / ; / ,"), "\n")

_SIZES: Final = _phrases("""
    xs / s / m / l / xl / xxl / xxxl / 2xl / 3xl / 4xl / 2l / 3l / 4l / ll / f / free / ss / フリー / 均碼 /
    大 / 中 / 小 / 大號 / 中號 / 小號""")
_COLOURS: Final = _phrases("""
    黑 / 白 / 紅 / 藍 / 綠 / 黃 / 灰 / 紫 / 粉 / 粉紅 / 咖啡 / 咖 / 棕 / 橘 / 橙 / 米白 / 杏 / 金 / 銀 /
    卡其 / 藏青 / 深藍 / 淺藍 / 酒紅 / 墨綠 / 奶茶 / 裸 / 赤 /
    ピンク / グレー / ブラック / ホワイト / レッド / ブルー / グリーン /
    ベージュ / ネイビー / black / white / red / blue / green / yellow / grey / gray / pink / purple / brown /
    beige / navy / orange""")
# An unknown word among these is an option that the product does not have, not small talk.
OPTION_LIKE: Final = frozenset((*_SIZES, *_COLOURS, *(f"{colour}色" for colour in _COLOURS)))
