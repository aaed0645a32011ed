"""What an app asks of LINE Login: read from the address of the authorize page and checked."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import QueryDict

from plusone.simulator.logins import REGISTRY, LiffApp, LoginChannel

SCOPES = ("profile", "openid", "email")
PROMPTS = ("", "none", "login", "consent")


class Unusable(Exception):
    """Client or redirect address are wrong: LINE sends nobody anywhere. `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The app is told at its redirect address."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Asking:
    """A checked request for sign-in; `liff` when a LIFF app's page asks."""

    channel: LoginChannel
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    nonce: str
    challenge: str
    prompt: str
    bot_prompt: str
    max_age: bool
    liff: LiffApp | None

    def back(self, **values: str) -> str:
        """The redirect address with the answer in its query."""
        known = {"state": self.state, **values}
        if self.liff:
            known |= {"liffClientId": self.channel.id, "liffRedirectUri": self.redirect_uri}
        return with_query(self.redirect_uri, known)


def with_query(address: str, values: dict[str, str]) -> str:
    """The address with more in its query."""
    parts = urlsplit(address)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *((k, v) for k, v in values.items() if v)]
    return parts._replace(query=urlencode(pairs)).geturl()


def read_web(query: QueryDict) -> Asking:
    """Reads a web login's request. Raises Unusable."""
    channel = REGISTRY.channels.get(query.get("client_id", ""))
    if channel is None:
        raise Unusable("client_id")
    redirect_uri = query.get("redirect_uri", "")
    if not any(_same_but_query(redirect_uri, known) for known in channel.callbacks):
        raise Unusable("redirect_uri")
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    return _asking(query, channel, redirect_uri, scopes, None)


def _same_but_query(asked: str, registered: str) -> bool:
    """LINE takes the registered address, also with more in its query."""
    return asked == registered or asked.startswith(registered + ("&" if "?" in registered else "?"))


def read_liff(query: QueryDict) -> Asking:
    """Reads the request of a LIFF app's page in a browser. Raises Unusable."""
    app = REGISTRY.apps.get(query.get("app_id", ""))
    if app is None:
        raise Unusable("liff_id")
    redirect_uri = query.get("redirect_uri", "")
    if not below(app, redirect_uri):
        raise Unusable("redirect_uri")
    return _asking(query, REGISTRY.channels[app.channel], redirect_uri, tuple(app.scopes), app)


def below(app: LiffApp, address: str) -> bool:
    """Whether the address is the app's endpoint or below it."""
    asked, endpoint = urlsplit(address), urlsplit(app.endpoint)
    root = endpoint.path.rstrip("/")
    same = (asked.scheme, asked.netloc) == (endpoint.scheme, endpoint.netloc)
    return same and (asked.path == root or asked.path.startswith(root + "/"))


def _asking(
    query: QueryDict, channel: LoginChannel, redirect_uri: str, scopes: tuple[str, ...], liff: LiffApp | None
) -> Asking:
    return Asking(
        channel,
        redirect_uri,
        query.get("state", ""),
        scopes,
        query.get("nonce", ""),
        query.get("code_challenge", ""),
        query.get("prompt", ""),
        query.get("bot_prompt", liff.bot_prompt if liff else ""),
        "max_age" in query,
        liff,
    )


def check(asking: Asking, query: QueryDict) -> None:
    """Raises Refused for what LINE tells the app of."""
    if query.get("response_type") != "code":
        raise Refused("UNSUPPORTED_RESPONSE_TYPE", "response_type must be code")
    if not asking.state:
        raise Refused("INVALID_REQUEST", "state is required")
    if not asking.liff and not (
        set(asking.scopes) <= set(SCOPES) and {"profile", "openid"} & set(asking.scopes)
    ):
        raise Refused("INVALID_SCOPE", "scope is invalid")
    if "email" in asking.scopes and not ("openid" in asking.scopes and asking.channel.email):
        raise Refused("INVALID_SCOPE", "email needs openid and LINE's permission")
    if asking.challenge and query.get("code_challenge_method") != "S256":
        raise Refused("INVALID_REQUEST", "code_challenge_method must be S256")
    if asking.liff and not asking.challenge:
        raise Refused("INVALID_REQUEST", "code_challenge is required")
    if asking.prompt not in PROMPTS:
        raise Refused("INVALID_REQUEST", "prompt is invalid")
