"""The one HTTP client for everything that is not LINE: pages and photos that people name, carts, portals.

Addresses are checked by `plusone.base.dialing`, for every redirect anew. No proxies or certificates from the
environment, no cookies, one connection a hop, one deadline for all of it.
"""

import functools
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpcore2
import httpx2

from plusone.base.dialing import Deadline, PublicOnly, Resolver, system_addresses, with_port
from plusone.base.fetch_errors import (
    BadUrl,
    Failed,
    FetchError,
    Forbidden,
    TooBig,
    TooManyHops,
    TooSlow,
    WrongType,
)

__all__ = [
    "API",
    "PAGE",
    "PHOTO",
    "BadUrl",
    "Failed",
    "FetchError",
    "Fetched",
    "Forbidden",
    "Profile",
    "TooBig",
    "TooManyHops",
    "TooSlow",
    "WrongType",
    "fetch",
    "is_short_link",
]

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

URL_LENGTH = 2000

# They hide where a link goes, and what they lead to can change after a review.
# fmt: off
SHORT_LINK_HOSTS = frozenset({
    "0rz.tw", "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "j.mp", "lihi.cc", "lihi.io", "lihi1.com",
    "lihi2.com", "lihi3.com", "lin.ee", "maac.io", "ow.ly", "page.link", "ppt.cc", "pse.is", "psee.io",
    "rb.gy", "rebrand.ly", "reurl.cc", "s.id", "shorturl.at", "supr.link", "t.co", "t.ly", "tiny.cc",
    "tinyurl.com", "v.gd", "x.gd",
})
# fmt: on


@dataclass(frozen=True)
class Profile:
    """What one purpose may fetch.

    `seconds` is for all hops together, `max_bytes` for the body, sent and unpacked. Empty `types` take any
    content type, empty `hosts` any host; a host stands for its subdomains too.
    """

    name: str
    schemes: frozenset[str]
    ports: frozenset[int]
    max_bytes: int
    seconds: float
    hops: int
    types: frozenset[str]
    hosts: frozenset[str] = frozenset()
    refused_hosts: frozenset[str] = frozenset()


PAGE = Profile(
    "page",
    schemes=frozenset({"http", "https"}),
    ports=frozenset({80, 443}),
    max_bytes=5_000_000,
    seconds=10,
    hops=3,
    types=frozenset({"text/html", "application/xhtml+xml"}),
    refused_hosts=SHORT_LINK_HOSTS,
)
PHOTO = Profile(
    "photo",
    schemes=PAGE.schemes,
    ports=PAGE.ports,
    max_bytes=5_000_000,
    seconds=10,
    hops=3,
    types=frozenset({"image/jpeg", "image/png"}),
    refused_hosts=SHORT_LINK_HOSTS,
)
API = Profile(
    "api",
    schemes=frozenset({"https"}),
    ports=frozenset({443}),
    max_bytes=10_000_000,
    seconds=20,
    hops=0,
    types=frozenset({"application/json"}),
)


@dataclass(frozen=True)
class Fetched:
    """An answer of any status but a redirect; `url` is the last hop's, `content_type` has no parameters."""

    url: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    purpose: Profile,
    method: Method = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    allow: frozenset[str] = frozenset(),
    resolve: Resolver = system_addresses,
) -> Fetched:
    """Call an address that somebody else may have chosen, once. `headers` go to its own origin only.

    `allow` lets "host:port" or "address:port" pass the gate, with http (tests, the simulator on loopback).
    Raises BadUrl, Forbidden, TooBig, TooSlow, WrongType, TooManyHops, Failed; all are FetchError.
    """
    deadline = Deadline(purpose.seconds)
    target = _checked(url, purpose, allow)
    kept = dict(headers or {})
    for _ in range(purpose.hops + 1):
        with httpcore2.ConnectionPool(
            ssl_context=_trust(), network_backend=PublicOnly(deadline, allow, resolve), max_connections=1
        ) as pool:
            answer = _one_hop(pool, method, target, kept, body, purpose)
        if isinstance(answer, Fetched):
            return answer
        if method not in ("GET", "HEAD"):
            raise TooManyHops(hops=0)
        following = _checked(_joined(target, answer), purpose, allow)
        kept = kept if _same_origin(target, following) else {}
        target = following
    raise TooManyHops(hops=purpose.hops)


def is_short_link(host: str) -> bool:
    """Whether a host is a link shortener, or below one."""
    return _is_among(host.lower().rstrip("."), SHORT_LINK_HOSTS)


def _checked(url: str, purpose: Profile, allow: frozenset[str]) -> httpx2.URL:
    if not 0 < len(url) <= URL_LENGTH:
        raise BadUrl(fault="length")
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        raise BadUrl(fault="characters")
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        raise BadUrl(fault="syntax") from None
    _check_parts(parsed, purpose, allow)
    return parsed


def _check_parts(url: httpx2.URL, purpose: Profile, allow: frozenset[str]) -> None:
    host, port = _host(url), _port(url)
    let_through = with_port(host, port) in allow
    if url.scheme not in ("http", "https") or not (url.scheme in purpose.schemes or let_through):
        raise BadUrl(fault="scheme")
    if not host:
        raise BadUrl(fault="syntax")
    if url.userinfo:
        raise BadUrl(fault="user")
    if port not in purpose.ports and not any(entry.endswith(f":{port}") for entry in allow):
        raise BadUrl(fault="port")
    if purpose.hosts and not _is_among(host, purpose.hosts):
        raise Forbidden(host=host)
    if _is_among(host, purpose.refused_hosts):
        raise Forbidden(host=host)


def _one_hop(
    pool: httpcore2.ConnectionPool,
    method: str,
    url: httpx2.URL,
    headers: Mapping[str, str],
    body: bytes | None,
    purpose: Profile,
) -> Fetched | str:
    """The answer, or where it sends us."""
    try:
        with pool.stream(method, _core_url(url), headers=_headers(url, headers), content=body) as response:
            return _read(response, method, url, purpose)
    except httpcore2.TimeoutException:
        raise TooSlow(seconds=purpose.seconds) from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as failed:
        raise Failed(cause=type(failed).__name__) from None


def _read(response: httpcore2.Response, method: str, url: httpx2.URL, purpose: Profile) -> Fetched | str:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in (301, 302, 303, 307, 308) and "location" in headers:
        return headers["location"]
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method == "HEAD" or response.status in (204, 304):
        return Fetched(str(url), response.status, content_type, headers, b"")
    if 200 <= response.status < 300 and purpose.types and content_type not in purpose.types:
        raise WrongType(content_type=content_type[:100])
    body = _body(response, headers.get("content-encoding", "").strip().lower(), purpose.max_bytes)
    return Fetched(str(url), response.status, content_type, headers, body)


def _body(response: httpcore2.Response, packing: str, limit: int) -> bytes:
    unpack = _unpacker(packing)
    received, body = 0, bytearray()
    for piece in response.iter_stream():
        received += len(piece)
        body += unpack(piece, limit - len(body) + 1)
        if received > limit or len(body) > limit:
            raise TooBig(limit=limit)
    return bytes(body)


def _unpacker(packing: str) -> Callable[[bytes, int], bytes]:
    """Unpacks pieces, never to more than the given length: a small bomb stays small."""
    if packing in ("", "identity"):
        return lambda piece, _room: piece
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise WrongType(content_type=f"encoding {packing[:40]}")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def unpack(piece: bytes, room: int) -> bytes:
        try:
            return unpacking.decompress(piece, room)
        except zlib.error:
            raise Failed(cause="BadEncoding") from None

    return unpack


def _headers(url: httpx2.URL, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    ours = {"host": url.netloc.decode("ascii"), "user-agent": "plusone", "accept-encoding": "gzip"}
    theirs = {name.lower(): value for name, value in headers.items()}
    return [(name.encode("ascii"), value.encode()) for name, value in {**theirs, **ours}.items()]


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=_port(url), target=url.raw_path)


def _joined(url: httpx2.URL, location: str) -> str:
    """Headers come as Latin-1; a location beyond ASCII was meant as UTF-8."""
    try:
        return str(url.join(location.encode("latin-1").decode("utf-8", "replace")))
    except (httpx2.InvalidURL, ValueError):
        raise BadUrl(fault="syntax") from None


def _same_origin(one: httpx2.URL, other: httpx2.URL) -> bool:
    return (one.scheme, _host(one), _port(one)) == (other.scheme, _host(other), _port(other))


def _host(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _port(url: httpx2.URL) -> int:
    return {"http": 80, "https": 443}.get(url.scheme, 0) if url.port is None else url.port


def _is_among(host: str, hosts: frozenset[str]) -> bool:
    return any(host == each or host.endswith(f".{each}") for each in hosts)


@functools.cache
def _trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)
