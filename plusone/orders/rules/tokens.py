"""Cut a folded message into tokens: command words, codes, options, signs, numbers. The longest match wins,
and a word of Latin letters or digits must be whole: M is not in Mint, 38 is not in 380."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from plusone.orders.rules.fold import fold_name, plain_name
from plusone.orders.rules.numerals import COUNTERS, DOZEN, DOZENS, NUMERAL, SPELLED, chinese_number
from plusone.orders.rules.terms import Offer, Words
from plusone.orders.rules.words import FILL, POLITE, SEPARATORS, THIS

VERBS: Final = frozenset({"order", "please", "buy", "reserve", "history", "change", "reduce", "cancel"})
THINGS: Final = frozenset({"code", "name", "option", "unknown", "this"})
NUMBERS: Final = frozenset({"num", "dozens", "decimal"})
_BEFORE_A_SIGN: Final = THINGS | {"sep"}
_LONGEST_NAME: Final = 40
_UNKNOWN_ALLOWED: Final = 12  # characters; more is talk, and stopping early keeps talk cheap
_DIGITS: Final = re.compile(r"[0-9]+")
_LATIN_WORD: Final = re.compile(r"[a-z\u00c0-\u024f][a-z\u00c0-\u024f0-9'._-]*")
_TIMES: Final = re.compile(r"[x*] ?[0-9]")
_MINUS: Final = re.compile(r"ー ?[0-9]")
_SOFT: Final = frozenset("-/:=_·|")
_BRACKETS: Final = frozenset("()[]{}<>【】「」『』〔〕《》〈〉")
_COLOUR: Final = "色"


class Token(NamedTuple):
    """A piece of the message: its kind, its folded text and, for numbers, its value."""

    kind: str
    text: str
    number: int = 0


Lexicon = Mapping[str, list[Token]]


@lru_cache(maxsize=512)
def lexicon(words: Words) -> Lexicon:
    """The command words of a shop by first character, longest first. Made once for each set of words."""
    found = {word: Token(kind, word) for kind, texts in _kinds(words) for word in texts}
    numbers = {word: Token("num", word, value) for word, value in SPELLED.items()}
    dozens = {word: Token("dozens", word, value) for word, value in DOZENS.items()}
    signs = {"+": Token("sign", "+"), "-": Token("sign", "-"), "加": Token("sign", "加")}
    return _by_first(numbers | dozens | signs | found)


def _kinds(words: Words) -> Iterator[tuple[str, Iterable[str]]]:
    yield from (("fill", FILL), ("polite", POLITE), ("this", THIS), ("counter", COUNTERS), ("dozen", DOZEN))
    yield from (("all", words.all), ("every", words.every), ("sep", SEPARATORS))
    yield from ((kind, getattr(words, kind)) for kind in sorted(VERBS))


def _by_first(found: Mapping[str, Token]) -> Lexicon:
    buckets: dict[str, list[Token]] = {}
    for word in sorted(found, key=len, reverse=True):
        buckets.setdefault(word[0], []).append(found[word])
    return buckets


@lru_cache(maxsize=8192)
def option_words(value: str) -> tuple[str, ...]:
    """The ways to write an option value: 黑色 is also 黑."""
    word = fold_name(value)
    return (word, word[:-1]) if len(word) > 1 and word.endswith(_COLOUR) else (word,)


def names_of(offer: Offer) -> Iterator[str]:
    """The folded names that buyers may use for an offer: as the shop writes them, and without the emoji in
    them, which few type.
    """
    for name in (offer.name, *offer.words):
        folded, plain = fold_name(name), plain_name(name)
        if folded:
            yield folded
        if plain != folded and len(plain) > 1 and not plain.isdigit():
            yield plain


@lru_cache(maxsize=1024)
def vocabulary(offers: tuple[Offer, ...]) -> Lexicon:
    """The options and names of these offers by first character, longest first. Kept, as a chat is about few
    products at a time: with it 黑M+1、白L+2 took 160 µs, without 240."""
    found: dict[str, Token] = {}
    for offer in offers:
        found |= {name: Token("name", name) for name in names_of(offer)}
        values = {value for variant in offer.variants for value in variant.options}
        found |= {word: Token("option", word) for value in values for word in option_words(value) if word}
    return _by_first(found)


def tokenize(text: str, known: Lexicon, own: Lexicon, named: Mapping[str, str]) -> list[Token]:
    """The tokens of a folded text. Where it holds more talk than any command could, it is left there and the
    last token is `talk`: most messages in a group are talk, and cost little so."""
    tokens: list[Token] = []
    at, talk = 0, 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token, end = _next(text, at, tokens[-1].kind if tokens else "sep", known, own, named)
        talk += len(token.text) if token.kind == "unknown" else 0
        if talk > _UNKNOWN_ALLOWED:
            return [*tokens, Token("talk", "")]
        _add(tokens, token, glued=text[at - 1 : at] != " ")
        at = end
    return tokens


def _add(tokens: list[Token], token: Token, *, glued: bool) -> None:
    if token.kind == "unknown" and glued and tokens and tokens[-1].kind == "unknown":
        tokens[-1] = Token("unknown", tokens[-1].text + token.text)
    elif token.kind != "soft":
        tokens.append(token)


def _next(
    text: str, at: int, before: str, known: Lexicon, own: Lexicon, named: Mapping[str, str]
) -> tuple[Token, int]:
    word = _known(text, at, before, known, own, named)
    if word:
        return word, at + len(word.text)
    sign = text[at]
    if "0" <= sign <= "9":
        return _digits(text, at, before)
    if sign in "十一二兩三四五六七八九百千廿卅零〇":
        return _chinese(text, at, before)
    if before in THINGS and _TIMES.match(text, at):
        return Token("sign", "*"), at + 1
    if before in _BEFORE_A_SIGN and _MINUS.match(text, at):
        return Token("sign", "-"), at + 1
    if sign in _BRACKETS or (sign in _SOFT and before in {"code", "option", "name"}):
        return Token("soft", sign), at + 1
    return _unknown(text, at)


def _known(
    text: str, at: int, before: str, known: Lexicon, own: Lexicon, named: Mapping[str, str]
) -> Token | None:
    """The longest word that starts here. Of two as long a verb wins, else the shop's own: a product called 來
    must not take the command away, an option called 片 is no counter."""
    if before == "sign" and "0" <= text[at] <= "9":
        return None
    mine = _longest(text, at, own) or (_named(text, at, named) if named else None)
    common = _longest(text, at, known)
    best = common if common and (not mine or _wins(common, mine)) else mine
    if best and best.text == "-" and before in THINGS and not "0" <= text[at + 1 :].lstrip()[:1] <= "9":
        return None
    return best


def _wins(common: Token, mine: Token) -> bool:
    return len(common.text) > len(mine.text) or (len(common.text) == len(mine.text) and common.kind in VERBS)


def _longest(text: str, at: int, words: Lexicon) -> Token | None:
    for token in words.get(text[at], ()):
        if text.startswith(token.text, at) and _is_whole(text, at, at + len(token.text)):
            return token
    return None


def _named(text: str, at: int, named: Mapping[str, str]) -> Token | None:
    for end in range(min(len(text), at + _LONGEST_NAME), at, -1):
        if text[at:end] in named and _is_whole(text, at, end):
            return Token("name", text[at:end])
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    if start and _same_script(text[start - 1], text[start]):
        return False
    return end == len(text) or not _same_script(text[end - 1], text[end]) or bool(_TIMES.match(text, end))


def _same_script(left: str, right: str) -> bool:
    return (_is_latin(left) and _is_latin(right)) or ("0" <= left <= "9" and "0" <= right <= "9")


def _is_latin(sign: str) -> bool:
    return sign < "\u0250" and sign.isalpha()


def _digits(text: str, at: int, before: str) -> tuple[Token, int]:
    found = _DIGITS.match(text, at)
    run = found[0] if found else ""
    end = at + len(run)
    if text[end : end + 1] == "." and (more := _DIGITS.match(text, end + 1)):
        return Token("decimal", f"{run}.{more[0]}"), more.end()
    if len(run) > 12 or (len(run) > 7 and before == "sign"):
        return Token("unknown", run), end
    if len(run) >= 5 and before != "sign":
        return Token("code", run), end
    return Token("num", run, int(run)), end


def _chinese(text: str, at: int, before: str) -> tuple[Token, int]:
    if text[at] == "十" and before in _BEFORE_A_SIGN and _DIGITS.match(text, at + 1):
        return Token("sign", "+"), at + 1  # a slip of the input method; after a number or a verb it stays ten
    found = NUMERAL.match(text, at)
    run = found[0] if found else text[at]
    value = chinese_number(run)
    return (Token("unknown", run) if value is None else Token("num", run, value)), at + len(run)


def _unknown(text: str, at: int) -> tuple[Token, int]:
    found = _LATIN_WORD.match(text, at)
    end = found.end() if found else at + 1
    return Token("unknown", text[at:end]), end
