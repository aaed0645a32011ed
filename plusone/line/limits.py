"""LINE's numbers. Each names the section of LINE's Messaging API reference it comes from, read on 2026-11-22.

Lengths are UTF-16 code units unless the name says GRAPHEMES ("Text character count" in LINE's documentation).
"""

from typing import Final

# Sending messages ("Common specifications", "Send push message", "Send multicast message")
MESSAGES_PER_CALL: Final = 5
MULTICAST_USERS: Final = 500
REQUEST_BYTES: Final = 2_000_000
RETRY_KEY_HOURS: Final = 24
REPLY_TOKEN_SECONDS: Final = 60
REPLY_TOKEN_REDELIVERED_SECONDS: Final = 20 * 60

# "Text message"
TEXT: Final = 5000

# "Image message"
IMAGE_URL: Final = 2000
IMAGE_BYTES: Final = 10_000_000
PREVIEW_BYTES: Final = 1_000_000

# "Quick reply"
QUICK_REPLIES: Final = 13
QUICK_REPLY_LABEL_GRAPHEMES: Final = 20

# "Action objects"
FLEX_LABEL_GRAPHEMES: Final = 40
POSTBACK_DATA: Final = 300
DISPLAY_TEXT_GRAPHEMES: Final = 300
FILL_IN_TEXT_GRAPHEMES: Final = 300
MESSAGE_ACTION_GRAPHEMES: Final = 300
ACTION_URI: Final = 1000
ACTION_URI_SCHEMES: Final = frozenset({"http", "https", "line", "tel"})

# "Flex Message". LINE says KB; the smaller reading (1,000) is safe under both.
ALT_TEXT: Final = 1500
BUBBLE_BYTES: Final = 30_000
CAROUSEL_BYTES: Final = 50_000
CAROUSEL_BUBBLES: Final = 12

# "Set webhook endpoint URL"
WEBHOOK_URL: Final = 500

# "Rate limits", calls a second for one channel and endpoint
SEND_CALLS_PER_SECOND: Final = 2000
MULTICAST_CALLS_PER_SECOND: Final = 200
