"""The stickers people can send. The pictures are the phone page's own."""

from plusone.simulator.wire import Json

_KEYWORDS = (
    ("hello", "hi"),
    ("thanks", "thank you"),
    ("ok", "yes"),
    ("love", "heart"),
    ("laugh", "happy"),
    ("cry", "sad"),
    ("want", "please"),
    ("party", "congratulations"),
)
PACKAGE = "11537"

STICKERS: list[Json] = [
    {"package_id": PACKAGE, "sticker_id": str(52002734 + index), "keywords": list(keywords)}
    for index, keywords in enumerate(_KEYWORDS)
]
