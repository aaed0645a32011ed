"""LINE as far as signing goes: keys of LINE's shape, published over HTTP, and tokens under them."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ISSUER = "https://access.line.me"


@dataclass
class Line:
    """The keys by id, where they are published, and how often somebody asked for them."""

    url: str = ""
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    asked: int = 0

    def add_key(self, key_id: str) -> None:
        """One more key, as LINE adds one when it changes them."""
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())

    def published(self) -> dict[str, Any]:
        """What /oauth2/v2.1/certs answers."""
        listed = []
        for key_id, key in self.keys.items():
            jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
            listed.append({**jwk, "kid": key_id, "alg": "ES256", "use": "sig"})
        return {"keys": listed}

    def token(self, person: str, channel: str, *, key_id: str = "first", **claims: Any) -> str:
        """An ID token for a page of the channel, as LIFF gives it; a claim of None is left out."""
        return jwt.encode(
            told(person, channel, **claims), self.keys[key_id], "ES256", headers={"kid": key_id}
        )


def told(person: str, channel: str, **claims: Any) -> dict[str, Any]:
    """The claims of an ID token with the consent `openid`."""
    now = int(time.time())
    usual = {"iss": ISSUER, "sub": person, "aud": channel, "iat": now, "exp": now + 3600, "amr": ["linesso"]}
    return {name: value for name, value in {**usual, **claims}.items() if value is not None}


@contextlib.contextmanager
def publishing() -> Iterator[Line]:
    """LINE's certs on a free port."""
    line = Line()
    line.add_key("first")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            line.asked += 1
            body = json.dumps(line.published()).encode()
            self.send_response(200 if self.path == "/oauth2/v2.1/certs" else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    line.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
