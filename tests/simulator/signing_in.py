"""LINE Login as an app plays it: the authorize page answered, the code exchanged."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from .conftest import Sim

LOGIN = "2000000101"
LOGIN_SECRET = "fedcba9876543210fedcba9876543210"
CALLBACK = "https://shop.example/callback"
LIFF = f"{LOGIN}-shop"
VERIFIER = "v" * 43


def challenge(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def asking(**more: str) -> dict[str, str]:
    """A good request; a value of "" takes its field away."""
    query = {
        "response_type": "code",
        "client_id": LOGIN,
        "redirect_uri": CALLBACK,
        "state": "s-1",
        "scope": "profile openid",
        "nonce": "n-1",
        **more,
    }
    return {key: value for key, value in query.items() if value}


def answer_page(sim: Sim, person: str = "amy", answer: str = "allow", **more: str) -> dict[str, str]:
    """Answers LINE's page and returns what the app gets in its callback's query."""
    friend = {"friend": "on"} if more.get("bot_prompt") else {}
    url = f"{sim.url}/oauth2/v2.1/authorize?{urlencode(asking(**more))}"
    return callback(sim.http.post(url, data={"person": person, "answer": answer, **friend}))


def callback(response: httpx2.Response) -> dict[str, str]:
    assert response.status_code == 302, response.text
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {key: values[0] for key, values in query.items()}


def exchange(sim: Sim, code: str, **more: str) -> httpx2.Response:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": LOGIN,
        "client_secret": LOGIN_SECRET,
        **more,
    }
    return sim.http.post(f"{sim.url}/oauth2/v2.1/token", data=body)


def sign_in(sim: Sim, person: str = "amy", **more: str) -> dict[str, Any]:
    tokens: dict[str, Any] = exchange(sim, answer_page(sim, person, **more)["code"]).json()
    return tokens


def verify(sim: Sim, id_token: str, **more: str) -> httpx2.Response:
    data = {"id_token": id_token, "client_id": LOGIN, **more}
    return sim.http.post(f"{sim.url}/oauth2/v2.1/verify", data=data)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
