"""What LINE Login gave out: codes, tokens, and who agreed to what. Gone after a restart."""

import secrets
from dataclasses import dataclass, field

from plusone.simulator import clock

CODE_SECONDS = 10 * 60
WEB_SECONDS = 30 * 24 * 3600
REFRESH_SECONDS = 90 * 24 * 3600
LIFF_SECONDS = 12 * 3600


@dataclass(slots=True)
class Code:
    """An authorization code; it works once, for ten minutes, for the one who can show the verifier."""

    channel: str
    person: str
    scopes: tuple[str, ...]
    redirect_uri: str
    nonce: str
    challenge: str
    liff: str = ""
    max_age: bool = False
    until: int = 0


@dataclass(slots=True)
class Access:
    """An access token of a person; `chat` is the chat from which a LIFF app was opened."""

    channel: str
    person: str
    scopes: tuple[str, ...]
    liff: str = ""
    chat: str = ""
    until: int = 0
    revoked: bool = False


@dataclass(slots=True)
class Refresh:
    access: Access
    until: int


@dataclass
class Drawer:
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    agreed: dict[tuple[str, str], set[str]] = field(default_factory=dict)


DRAWER = Drawer()


def clear() -> None:
    """Forgets everything given out."""
    vars(DRAWER).update(vars(Drawer()))


def new_code(code: Code) -> str:
    """Keeps a code, notes that its person agreed to its scopes, and returns its letters."""
    code.until = clock.now() + CODE_SECONDS * 1000
    letters = secrets.token_urlsafe(15)
    DRAWER.codes[letters] = code
    DRAWER.agreed.setdefault((code.channel, code.person), set()).update(code.scopes)
    return letters


def take_code(letters: str) -> Code | None:
    """Uses a code up, whatever comes of it; None when it is unknown, used or too old."""
    code = DRAWER.codes.pop(letters, None)
    return code if code and code.until >= clock.now() else None


def agreed(channel: str, person: str, scopes: tuple[str, ...]) -> bool:
    """Whether the person has agreed to all these scopes before."""
    return set(scopes) <= DRAWER.agreed.get((channel, person), set())


def new_access(access: Access, seconds: int) -> str:
    """Keeps an access token that works for `seconds` and returns its letters."""
    access.until = clock.now() + seconds * 1000
    letters = secrets.token_urlsafe(64)
    DRAWER.access[letters] = access
    return letters


def new_refresh(access: Access) -> str:
    """A refresh token for 90 days; using it makes it last no longer."""
    letters = secrets.token_urlsafe(15)
    DRAWER.refresh[letters] = Refresh(access, clock.now() + REFRESH_SECONDS * 1000)
    return letters


def refreshed(letters: str, channel: str) -> Access | None:
    """What a refresh token of this channel stands for; None when unknown, revoked or too old."""
    known = DRAWER.refresh.get(letters)
    if known is None or known.until < clock.now() or known.access.channel != channel:
        return None
    return known.access


def holder(letters: str) -> Access | None:
    """Whose valid access token this is."""
    access = DRAWER.access.get(letters)
    return access if access and not access.revoked and access.until > clock.now() else None


def revoke(letters: str) -> None:
    """Ends an access token and the refresh tokens that came with it; an unknown one is no error."""
    access = DRAWER.access.get(letters)
    if access:
        access.revoked = True
        _forget_refresh(access.channel, access.person)


def forget(channel: str, person: str) -> None:
    """The person takes their consent back: all their tokens of the channel end."""
    DRAWER.agreed.pop((channel, person), None)
    for access in DRAWER.access.values():
        if (access.channel, access.person) == (channel, person):
            access.revoked = True
    _forget_refresh(channel, person)


def _forget_refresh(channel: str, person: str) -> None:
    for letters, known in list(DRAWER.refresh.items()):
        if (known.access.channel, known.access.person) == (channel, person):
            del DRAWER.refresh[letters]
