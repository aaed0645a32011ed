"""The one clear command that a longer sentence holds: proposed to the buyer, never done by itself."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from plusone.orders.rules.fold import without_tail
from plusone.orders.rules.terms import NONE, Understanding

Command = Callable[[str], Understanding]
_PROPOSED: Final = frozenset({"order", "reserve", "change", "reduce", "cancel", "ask"})
_MOST_WORDS: Final = 12  # so that at most 78 runs of words are tried, 2 to 5 ms
_NUMBER: Final = re.compile(r"[0-9一二兩三四五六七八九十半]|つ")
_SIGNED: Final = re.compile(r"(?<![a-z0-9])(?:[0-9]{5,12} ?)?[+] ?[0-9]{1,2}(?![0-9.:/-])")
_GAPS: Final = re.compile(r"[\s,、。!~;…]+")
_COURTESY: Final = re.compile(
    r"^(?:老闆娘?|闆娘|您好|你好|哈囉|嗨|請問|那|麻煩|すみません|すいません|こんにちは|hi|hello|hey)+"
    r"|(?:好了|謝謝|感謝|感恩|謝囉|喔|哦|唷|喲|啦|囉|耶|呦)+$"
    r"|(?:ありがとうございます|ありがとう|よろしく|thanks|thank you|thx)+$"
)
# Questions, refusals, what is past, links, telephone numbers, money: nothing is proposed from these.
_GUARDS: Final = re.compile(
    r"[?嗎呢幾$¥%]|多少|什麼|怎麼|如何|可不可以|能不能|有沒有|是不是"
    r"|不要|不用|不想|不買|沒有|沒要|別|取消不|不是|已|過了|(?<!好)了$|剛剛|昨天|上次|如果|要是"
    r"|いらない|不要です|(?<!すみ)(?<!すい)ません|ないです|ました|でした|ですか|ますか|いくら|もし"
    r"|\b(?:don't|do not|not|no|never|didn't|already|did|if|how|what|when|yesterday)\b"
    r"|https?:|www\.|\.com|0[0-9]{1,3}[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}|[0-9]+ ?[元円塊]"
)


def propose(text: str, command: Command) -> Understanding:
    """The only command within a folded text, marked to be confirmed; "none" when there is none or more."""
    if _GUARDS.search(text):
        return NONE
    found = _in_words(text, command) or _signed(text, command)
    return replace(found, confirm=True) if found else NONE


def _in_words(text: str, command: Command) -> Understanding | None:
    """The longest run of whole words that is a command, if the words around it hold no other."""
    parts = [part for part in _GAPS.split(text) if part]
    if len(parts) > _MOST_WORDS:
        return None
    for width in range(len(parts), 0, -1):
        for start in range(len(parts) - width + 1):
            run = parts[start : start + width]
            found = _proposable(" ".join(run), command) if width < 4 or _has_number(run) else None
            if found:
                return None if _has_number([*parts[:start], *parts[start + width :]]) else found
    return None


def _has_number(parts: list[str]) -> bool:
    return any(_NUMBER.search(part) for part in parts)


def _proposable(part: str, command: Command) -> Understanding | None:
    bare = _COURTESY.sub("", _COURTESY.sub("", without_tail(part))).strip()
    found = command(bare)
    clear = found.intent == "cancel" or _NUMBER.search(bare)
    return found if clear and found.intent in _PROPOSED else None


def _signed(text: str, command: Command) -> Understanding | None:
    found = _SIGNED.findall(text)
    return _proposable(found[0], command) if len(found) == 1 and text.count("+") == 1 else None
