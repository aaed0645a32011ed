"""What Stripe's pages say, in three languages: English, 中文, 日本語."""

from plusone.simulator.wire import Json

TAGS = {"en": "en", "zh-TW": "zh-Hant", "ja": "ja"}
_TEXTS = {
    "simulated": (
        "Simulated Stripe: no real card, no real money.",
        "這是模擬的 Stripe：沒有真的卡片，也不會扣款。",
        "シミュレーターのStripeです。実際のカードもお金も使いません。",
    ),
    "subscribe": ("Subscribe to Plusone", "訂閱 Plusone", "Plusoneを申し込む"),
    "a_month": ("a month", "每月", "毎月"),
    "free_until": ("Free until", "免費試用至", "無料期間の終了日"),
    "card": ("Card number", "卡號", "カード番号"),
    "good": ("works", "可以付款", "支払いできます"),
    "declined_card": ("is declined at once", "立刻被拒絕", "すぐに拒否されます"),
    "fails_later": (
        "is accepted, later charges fail",
        "可以綁定，之後扣款會失敗",
        "登録できますが、次回以降の請求は失敗します",
    ),
    "expiry": ("Expiry", "有效期限", "有効期限"),
    "pay": ("Subscribe", "訂閱", "申し込む"),
    "back": ("Back to the shop's console", "回到商店後台", "ショップの管理画面へ戻る"),
    "declined": ("The card was declined.", "卡片被拒絕。", "カードが拒否されました。"),
    "closed": ("This page is no longer valid.", "此頁面已失效。", "このページは無効になりました。"),
    "portal": ("Your subscription", "您的訂閱", "ご契約内容"),
    "status": ("Status", "狀態", "状態"),
    "period": ("Period ends", "本期結束", "期間の終了日"),
    "current_card": ("Card", "卡片", "カード"),
    "change_card": ("Save the card", "儲存卡片", "カードを保存"),
    "cancel": ("Cancel at the end of the period", "本期結束後取消", "期間の終了時に解約する"),
    "keep": ("Keep the subscription", "繼續訂閱", "契約を続ける"),
    "open_invoice": ("Open invoice", "未付帳單", "未払いの請求書"),
    "pay_invoice": ("Pay now", "立即付款", "今すぐ支払う"),
    "paid": ("Paid. Thank you.", "已付款，謝謝。", "お支払いありがとうございました。"),
    "time": ("Simulator: let time pass", "模擬器：讓時間前進", "シミュレーター：時間を進める"),
    "days": ("days", "天", "日"),
    "now": ("Stripe's clock", "Stripe 的時間", "Stripeの時刻"),
}


def words(locale: object) -> Json:
    """All texts for one of Stripe's locales, and the page's language tag."""
    place = list(TAGS).index(str(locale)) if locale in TAGS else 0
    return {"tag": list(TAGS.values())[place], **{name: texts[place] for name, texts in _TEXTS.items()}}
