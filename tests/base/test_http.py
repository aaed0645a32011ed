"""Fetching what strangers name: nothing inside is reached, nothing is too big, too slow, of a wrong kind."""

import datetime
import gzip
import itertools
import socket
import ssl
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plusone.base import http
from plusone.base.dialing import is_public, system_addresses
from plusone.base.http import API, PAGE, PHOTO, fetch
from tests import running

CONNECTS: list[object] = []
WATCHING: list[bool] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if WATCHING and event == "socket.connect":
        CONNECTS.append(arguments[1])


sys.addaudithook(_watch)


@dataclass
class Site:
    """A web site on loopback, page by page as the test says; `calls` are (path, headers)."""

    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allow(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}"})

    def page(self, path: str, body: bytes = b"<p>hi", status: int = 200, **headers: str) -> None:
        named = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}

        def show(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in named.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = show


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            made.calls.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            try:
                made.pages[self.path](self)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_HEAD = answer

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `calls`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def tripwire() -> Iterator[tuple[int, list[object]]]:
    """A listener on all of loopback that must never be called: its port, and who called."""
    called: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                connection, peer = listener.accept()
            except TimeoutError:
                continue
            called.append(peer)
            connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield listener.getsockname()[1], called
    stop.set()
    thread.join()
    listener.close()


INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "2130706433",
    "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1", "017700000001", "0x7f.0x0.0x0.0x1",
    "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.100.100.200", "169.254.169.254", "169.254.0.1", "0xa9fea9fe", "2852039166",
    "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::1]",
    "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:169.254.169.254]",
    "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[fe80::1]",
    "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[2001::1]", "[2001:db8::1]",
    "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[3fff::1]", "[ff02::1]", "[100::1]",
    "[0:0:0:0:0:0:0:1]", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "inside.example", "mixed.example",
    "metadata.google.internal",
]  # fmt: skip
NAMES = {
    "inside.example": ["10.1.2.3"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
}
STRANGE = [
    "", " ", "http://", "http:///etc/passwd", "//127.0.0.1/", "/etc/passwd", "file:///etc/passwd",
    "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/",
    "unix:///run/docker.sock", "data:text/html,x", "javascript:alert(1)", "jar:http://a/",
    "http+unix://%2Frun%2Fdocker.sock/", "ws://127.0.0.1/", "HTTPX://a/",
    "http://user@example.com/", "http://user:pass@example.com/", "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/", "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/", "http://exa mple.com/",
    "http://example.com/\r\nHost: 127.0.0.1", "http://example.com/\x00", "http://\x7f/",
    "http://[::1/", "http://[127.0.0.1]/", "http://[g::1]/", "http://example.com:99999/",
    "http://example.com:x/", "http://example.com:22/", "http://example.com:6379/",
    "http://example.com:0/", "http://example.com:-1/", "http://" + "a" * 2000 + "/",
    "http://" + "a" * 64 + ".example/", "http://xn--/", "http://.../", "http://%00/",
    "http://127.0.0.1%00.example.com/", "http://127.0.0.1%2f.example.com/",
    "http://a..b.example/", "http://*.*/", "http://bit.ly/x", "https://reurl.cc/x",
    "https://sub.bit.ly/", "https://LIN.EE/x", "http://t.co./x",
]  # fmt: skip


def hostile(port: int) -> list[str]:
    forms = ["http://{}:{}/", "https://{}:{}/a?b=http://example.com", "HTTP://{}:{}//evil"]
    ported = [form.format(host, port) for host, form in itertools.product(INSIDE, forms)]
    plain = [f"{scheme}://{host}/" for host, scheme in itertools.product(INSIDE, ("http", "https"))]
    redirected = [f"http://{host}:{port}/x;@example.com" for host in INSIDE]
    return STRANGE + ported + plain + redirected


def names(host: str, port: int) -> Sequence[str]:
    """A name server of our own: real names would leave the machine. Numbers go to the system."""
    bare = host.rstrip(".").lower()
    if bare == "localhost" or ":" in bare or _is_number(bare):
        return system_addresses(bare, port)
    return NAMES.get(bare, [])


def _is_number(host: str) -> bool:
    try:
        return bool(socket.inet_aton(host))
    except OSError:
        return False


def test_no_hostile_address_makes_a_single_connection(tripwire: tuple[int, list[object]]) -> None:
    port, called = tripwire
    purpose = replace(PAGE, ports=frozenset({80, 443, port}))
    urls = hostile(port)
    assert len(urls) >= 400
    CONNECTS.clear()
    WATCHING.append(True)
    try:
        for url in urls:
            with pytest.raises(http.FetchError):
                fetch(url, purpose=purpose, resolve=names)
    finally:
        WATCHING.clear()
    time.sleep(0.1)
    assert (CONNECTS, called) == ([], [])


def test_the_tripwire_can_be_tripped(tripwire: tuple[int, list[object]]) -> None:
    port, called = tripwire
    WATCHING.append(True)
    CONNECTS.clear()
    with pytest.raises(http.Failed):
        fetch(f"http://127.0.0.1:{port}/", purpose=PAGE, allow=frozenset({f"127.0.0.1:{port}"}))
    WATCHING.clear()
    running.until(lambda: len(called) == 1, 10)
    assert [("127.0.0.1", port)] == CONNECTS


@pytest.mark.parametrize("way", [301, 302, 303, 307, 308])
def test_no_redirect_leads_inside(site: Site, tripwire: tuple[int, list[object]], way: int) -> None:
    port, called = tripwire
    purpose = replace(PAGE, ports=frozenset({80, 443, port}))
    targets = [f"http://{host}:{port}/" for host in INSIDE] + [
        "file:///etc/passwd",
        "//127.0.0.1/",
        "http://bit.ly/x",
    ]
    for number, target in enumerate(targets):
        site.page(f"/{number}", b"", way, location=target.encode().decode("latin-1"))
        with pytest.raises((http.Forbidden, http.BadUrl, http.Failed)):
            fetch(f"{site.url}/{number}", purpose=purpose, allow=site.allow, resolve=names)
    time.sleep(0.1)
    assert called == []


def test_a_name_is_looked_up_once_and_its_checked_address_called(
    site: Site, tripwire: tuple[int, list[object]]
) -> None:
    site.page("/")
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    fetched = fetch(
        f"http://rebinding.example:{site.port}/",
        purpose=PAGE,
        allow=site.allow,
        resolve=lambda host, port: next(answers),
    )
    assert fetched.body == b"<p>hi"
    assert next(answers) == ["127.0.0.2"]
    assert site.calls[0][1]["host"] == f"rebinding.example:{site.port}"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_allow_is_exact(site: Site) -> None:
    site.page("/")
    assert fetch(site.url + "/", purpose=PAGE, allow=site.allow).status == 200
    assert fetch(f"http://localhost:{site.port}/", purpose=PAGE, allow=site.allow).status == 200
    for near in (f"127.0.0.1:{site.port}0", f"127.0.0.2:{site.port}", "127.0.0.1", f"0.0.0.0:{site.port}"):
        with pytest.raises((http.Forbidden, http.BadUrl)):
            fetch(site.url + "/", purpose=PAGE, allow=frozenset({near}))


def test_what_comes_back(site: Site) -> None:
    site.page("/", b"<p>hi", x_shop="one")
    fetched = fetch(site.url + "/", purpose=PAGE, allow=site.allow, headers={"Host": "evil", "X-Mine": "1"})
    assert (fetched.status, fetched.content_type, fetched.body) == (200, "text/html", b"<p>hi")
    assert fetched.headers["x-shop"] == "one"
    assert site.calls[0][1]["x-mine"] == "1"
    assert site.calls[0][1]["host"] == f"127.0.0.1:{site.port}"


def test_a_refusal_is_an_answer(site: Site) -> None:
    site.page("/gone", b"{}", 404, content_type="application/json")
    assert fetch(site.url + "/gone", purpose=PAGE, allow=site.allow).status == 404


def test_three_hops_and_no_more(site: Site) -> None:
    for hop in range(4):
        site.page(f"/{hop}", b"", 302, location=f"/{hop + 1}")
    site.page("/3", b"<p>end")
    assert fetch(site.url + "/0", purpose=PAGE, allow=site.allow).url == site.url + "/3"
    site.page("/3", b"", 302, location="/0")
    with pytest.raises(http.TooManyHops):
        fetch(site.url + "/0", purpose=PAGE, allow=site.allow)


def test_a_post_is_never_sent_on(site: Site) -> None:
    site.page("/", b"", 307, location="/other")
    site.page("/other")
    purpose = replace(PAGE, hops=3)
    with pytest.raises(http.TooManyHops):
        fetch(site.url + "/", purpose=purpose, method="POST", body=b"x", allow=site.allow)
    assert [path for path, _ in site.calls] == ["/"]


def test_headers_stay_with_their_origin(site: Site) -> None:
    site.page("/near", b"", 302, location="/far")
    site.page("/far", b"", 302, location=f"http://localhost:{site.port}/end")
    site.page("/end")
    fetch(site.url + "/near", purpose=PAGE, allow=site.allow, headers={"authorization": "Bearer secret"})
    assert [("authorization" in headers) for _, headers in site.calls] == [True, True, False]


def test_too_big_by_its_own_words_and_by_what_comes(site: Site) -> None:
    small = replace(PAGE, max_bytes=1000)
    site.page("/exact", b"x" * 1000)
    site.page("/big", b"x" * 1001)
    assert len(fetch(site.url + "/exact", purpose=small, allow=site.allow).body) == 1000
    with pytest.raises(http.TooBig):
        fetch(site.url + "/big", purpose=small, allow=site.allow)


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "deflate"])
def test_bombs_stay_small(site: Site, packing: str) -> None:
    packed = (zlib.compress if packing == "deflate" else gzip.compress)(bytes(60_000_000), 9)
    site.page("/bomb", packed, content_encoding=packing)
    site.page(
        "/fine",
        (zlib.compress if packing == "deflate" else gzip.compress)(b"<p>hi"),
        content_encoding=packing,
    )
    assert fetch(site.url + "/fine", purpose=PAGE, allow=site.allow).body == b"<p>hi"
    started = time.process_time()
    with pytest.raises(http.TooBig):
        fetch(site.url + "/bomb", purpose=PAGE, allow=site.allow)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "compress"])
def test_other_packings_are_refused(site: Site, packing: str) -> None:
    site.page("/", b"x", content_encoding=packing)
    with pytest.raises(http.WrongType):
        fetch(site.url + "/", purpose=PAGE, allow=site.allow)


def test_broken_packing_fails(site: Site) -> None:
    site.page("/", b"not gzip at all", content_encoding="gzip")
    with pytest.raises(http.Failed):
        fetch(site.url + "/", purpose=PAGE, allow=site.allow)


@pytest.mark.parametrize(
    ("said", "purpose"), [("image/svg+xml", PHOTO), ("text/html", PHOTO), ("", PAGE), ("image/png", PAGE)]
)
def test_wrong_types(site: Site, said: str, purpose: http.Profile) -> None:
    site.page("/", b"x", content_type=said)
    with pytest.raises(http.WrongType):
        fetch(site.url + "/", purpose=purpose, allow=site.allow)


def _drip_head(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(200):
        handler.wfile.write(b"H")
        time.sleep(0.05)


def _drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
    for _ in range(200):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def _silence(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(10)


@pytest.mark.parametrize("act", [_drip_head, _drip_body, _silence])
def test_the_deadline_holds_however_slowly_it_drips(
    site: Site, act: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    site.pages["/"] = act
    started = time.monotonic()
    with pytest.raises((http.TooSlow, http.Failed)) as caught:
        fetch(site.url + "/", purpose=replace(PAGE, seconds=0.4), allow=site.allow)
    assert isinstance(caught.value, http.TooSlow)
    assert time.monotonic() - started < 8  # the site itself takes ten


def test_one_deadline_for_all_hops(site: Site) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.25)
        handler.wfile.write(b"HTTP/1.1 302 F\r\nlocation: /\r\ncontent-length: 0\r\n\r\n")

    site.pages["/"] = slowly
    with pytest.raises(http.TooSlow):
        fetch(site.url + "/", purpose=replace(PAGE, seconds=0.4, hops=50), allow=site.allow)


def test_a_slow_name_server_is_not_waited_for() -> None:
    def stuck(host: str, port: int) -> Sequence[str]:
        time.sleep(10)
        return ["8.8.8.8"]

    started = time.monotonic()
    with pytest.raises(http.TooSlow):
        fetch("http://slow.example/", purpose=replace(PAGE, seconds=0.2), resolve=stuck)
    assert time.monotonic() - started < 8  # the name server itself takes ten


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000, b"HTTP/1.1 2 OK\r\n\r\n", b""]
)
def test_what_is_no_http_fails(site: Site, said: bytes) -> None:
    site.pages["/"] = lambda handler: handler.wfile.writelines([said])
    with pytest.raises(http.Failed):
        fetch(site.url + "/", purpose=PAGE, allow=site.allow)


def test_no_proxy_from_the_environment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.page("/")
    assert fetch(site.url + "/", purpose=PAGE, allow=site.allow).status == 200


def test_an_api_is_https_on_its_own_hosts_only() -> None:
    cart = replace(API, hosts=frozenset({"api.cart.example"}))
    with pytest.raises(http.BadUrl):
        fetch("http://api.cart.example/", purpose=cart)
    for host in ("cart.example", "api.cart.example.evil.example", "xapi.cart.example"):
        with pytest.raises(http.Forbidden):
            fetch(f"https://{host}/", purpose=cart)


def test_headers_that_break_lines_are_not_sent(site: Site) -> None:
    with pytest.raises(http.Failed):
        fetch(site.url + "/", purpose=PAGE, allow=site.allow, headers={"x-a": "1\r\nx-b: 2"})
    assert site.calls == []


def test_an_error_does_not_show_the_address(site: Site) -> None:
    site.page("/?key=secret", b"x", content_type="text/css")
    with pytest.raises(http.WrongType) as caught:
        fetch(site.url + "/?key=secret", purpose=PAGE, allow=site.allow)
    assert "secret" not in repr(caught.value)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "both.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_tls_is_checked_against_the_name_not_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    asked_for: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
    port = listener.getsockname()[1]

    def serve() -> None:
        for _ in range(2):
            try:
                connection, _peer = listener.accept()
                connection.recv(65536)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi"
                )
                connection.close()
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(http, "_trust", lambda: trusting)
    allow = frozenset({f"127.0.0.1:{port}"})
    here = {"allow": allow, "resolve": lambda _host, _port: ["127.0.0.1"], "purpose": PAGE}
    assert fetch(f"https://shop.example:{port}/", **here).body == b"hi"  # type: ignore[arg-type]
    with pytest.raises(http.Failed):
        fetch(f"https://other.example:{port}/", **here)  # type: ignore[arg-type]
    assert asked_for == ["shop.example", "other.example"]
    thread.join(2)
    listener.close()


def test_short_links() -> None:
    assert http.is_short_link("BIT.LY.")
    assert http.is_short_link("x.page.link")
    assert not http.is_short_link("habit.ly")
