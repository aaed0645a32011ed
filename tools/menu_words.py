"""Draws the words on the rich menus' templates: masks, a file a word, so that a server needs no Chinese font.

    python tools/menu_words.py /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc

The result is committed. The font (SIL Open Font License) is needed by whoever changes a word only.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PLACE = Path(__file__).resolve().parent.parent / "plusone" / "static" / "menus"
SIZE = 150
# The face inside the collection that draws Chinese characters as its readers write them.
FACES = {"zh-hant": 3, "ja": 0, "en": 0}
WORDS = {
    "products": {"zh-hant": "逛商品", "ja": "商品一覧", "en": "Products"},
    "plus_one": {"zh-hant": "下單最新商品", "ja": "最新商品を注文", "en": "Order the latest"},
    "orders": {"zh-hant": "我的訂單", "ja": "注文履歴", "en": "My orders"},
    "basket": {"zh-hant": "購物車", "ja": "カート", "en": "Basket"},
    "contact": {"zh-hant": "聯絡我們", "ja": "お問い合わせ", "en": "Contact us"},
    "shop": {"zh-hant": "購物", "ja": "ショップ", "en": "Shop"},
    "mine": {"zh-hant": "我的", "ja": "マイページ", "en": "Mine"},
}


def main() -> None:
    """Writes every word in every language."""
    font_file = sys.argv[1]
    for key, said in WORDS.items():
        for language, word in said.items():
            font = ImageFont.truetype(font_file, SIZE, index=FACES[language])
            left, _, right, _ = font.getbbox(word)
            mask = Image.new("L", (int(right - left) + 8, SIZE + 60), 0)
            ImageDraw.Draw(mask).text((4 - left, 0), word, 255, font=font)
            target = PLACE / language / f"{key}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            mask.quantize(16).save(target, optimize=True)


if __name__ == "__main__":
    main()
