"""LIFF: the server API as LINE's own SDK drives it, the way in, and what a page asks for."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from jwt import PyJWKClient
from linebot.v3.liff import (
    AddLiffAppRequest,
    ApiClient,
    ApiException,
    Configuration,
    Liff,
    LiffView,
    UpdateLiffAppRequest,
    UpdateLiffView,
)

from .conftest import Ear, Sim, start_simulator, stop
from .signing_in import LIFF, LOGIN, LOGIN_SECRET, bearer

ENDPOINT = "https://shop.example/t/demo/liff/"


def _channel_token(sim: Sim) -> str:
    asked = {"grant_type": "client_credentials", "client_id": LOGIN, "client_secret": LOGIN_SECRET}
    return str(sim.http.post(f"{sim.url}/oauth2/v3/token", data=asked).json()["access_token"])


def _open(sim: Sim, person: str = "amy", chat: str = "", path: str = "") -> tuple[str, dict[str, str]]:
    """Where a tapped LIFF address leads: the address before the fragment, and the credentials in it."""
    body = {"person": person, "chat": chat, "url": f"https://liff.line.me/{LIFF}{path}"}
    opened = urlsplit(sim.call("POST", "liff/open", {k: v for k, v in body.items() if v})["url"])
    credentials = {key: values[0] for key, values in parse_qs(opened.fragment).items()}
    return opened._replace(fragment="").geturl(), credentials


def test_the_server_api_by_the_official_sdk(login: Sim) -> None:
    api = Liff(ApiClient(Configuration(host=login.url, access_token=_channel_token(login))))
    first = api.get_all_liff_apps().apps[0]
    assert (first.liff_id, first.view.url, first.view.type) == (LIFF, ENDPOINT, "full")
    assert "profile" in first.scope
    view = LiffView(type="tall", url="https://shop.example/other")
    made = api.add_liff_app(AddLiffAppRequest(view=view, description="menu", scope=["openid"])).liff_id
    assert made.startswith(f"{LOGIN}-")
    api.update_liff_app(made, UpdateLiffAppRequest(view=UpdateLiffView(url="https://shop.example/new")))
    apps = {app.liff_id: app for app in api.get_all_liff_apps().apps}
    assert (apps[made].view.url, apps[made].view.type) == ("https://shop.example/new", "tall")
    for id_ in apps:
        api.delete_liff_app(id_)
    with pytest.raises(ApiException) as caught:
        api.get_all_liff_apps()
    assert caught.value.status == 404


def test_the_server_api_refuses(login: Sim) -> None:
    url, token = f"{login.url}/liff/v1/apps", bearer(_channel_token(login))
    assert login.http.get(url).status_code == 401
    assert login.http.get(url, headers=bearer("channel-token")).status_code == 401
    for view in (
        {"type": "full"},
        {"type": "full", "url": "http://shop.example/"},
        {"type": "x", "url": ENDPOINT},
    ):
        body = {"view": view, "description": "menu"}
        assert login.http.post(url, json=body, headers=token).status_code == 400
    named = {"view": {"type": "full", "url": ENDPOINT}, "description": "LINE shop"}
    assert login.http.post(url, json=named, headers=token).status_code == 400
    assert login.http.put(f"{url}/1-x", json={}, headers=token).status_code == 404


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("", None),
        ("/", None),
        ("/product/p1", "/product/p1"),
        ("/p?a=1&b=%E8%8C%B6", "/p?a=1&b=%E8%8C%B6"),
        ("?a=1", "?a=1"),
    ],
)
def test_a_liff_address_leads_to_the_endpoint(login: Sim, path: str, state: str | None) -> None:
    response = login.http.get(f"{login.url}/{LIFF}{path}")
    target = urlsplit(response.headers["location"])
    assert (response.status_code, target.fragment) == (302, "")
    assert target._replace(query="").geturl() == ENDPOINT
    assert parse_qs(target.query).get("liff.state", [None])[0] == state
    opened, credentials = _open(login, path=path)
    assert opened == response.headers["location"]
    assert set(credentials) == {"access_token", "id_token", "client_id"}


def test_an_unknown_liff_id_is_said_so(login: Sim) -> None:
    response = login.http.get(f"{login.url}/{LOGIN}-nothing/x", headers={"accept-language": "ja"})
    assert response.status_code == 404
    assert "LIFFアプリは見つかりません" in response.text
    body = {"person": "amy", "url": f"https://liff.line.me/{LOGIN}-nothing"}
    assert login.call("POST", "liff/open", body, 404)["detail"]["noun"] == "liff_app"


def test_the_page_knows_who_opened_it(login: Sim) -> None:
    _, credentials = _open(login, "kenta", login.group)
    key = PyJWKClient(f"{login.url}/oauth2/v2.1/certs").get_signing_key_from_jwt(credentials["id_token"])
    claims = jwt.decode(credentials["id_token"], key.key, ["ES256"], audience=LOGIN)
    assert (claims["sub"], claims["name"]) == (login.user("kenta"), "健太")
    token = bearer(credentials["access_token"])
    context = login.http.get(f"{login.url}/liff/v2/apps/{LIFF}/context", headers=token).json()
    assert (context["type"], context["userId"], context["endpointUrl"]) == (
        "group",
        login.user("kenta"),
        ENDPOINT,
    )
    assert not {"groupId", "roomId"} & context.keys()
    login.advance(12 * 3600 + 1)
    assert login.http.get(f"{login.url}/v2/profile", headers=token).status_code == 401


def test_a_page_writes_into_the_chat_it_was_opened_from(login: Sim, ear: Ear) -> None:
    _, credentials = _open(login, "amy", login.group)
    flex = {
        "type": "flex",
        "altText": "card",
        "contents": {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}},
    }
    body = {"messages": [{"type": "text", "text": "A3 +2"}, flex]}
    token = bearer(credentials["access_token"])
    assert login.http.post(f"{login.url}/message/v3/share", json=body, headers=token).status_code == 200
    shown = login.bubbles(login.group)
    assert [(one["type"], one["from"]["id"]) for one in shown] == [("text", "amy"), ("flex", "amy")]
    event = ear.wait_for(1)[0]
    assert (event["message"]["text"], event["source"]["userId"]) == ("A3 +2", login.user("amy"))
    login.call("POST", "flush", {})
    assert len(ear.events) == 1


@pytest.mark.parametrize(
    ("chat", "messages", "status"),
    [
        ("", [{"type": "text", "text": "x"}], 403),
        ("group", [], 400),
        ("group", [{"type": "text", "text": "x"}] * 6, 400),
        ("group", [{"type": "imagemap"}], 400),
    ],
)
def test_a_page_may_not_write_anything_anywhere(
    login: Sim, chat: str, messages: list[Any], status: int
) -> None:
    _, credentials = _open(login, "amy", login.group if chat else "")
    token = bearer(credentials["access_token"])
    response = login.http.post(f"{login.url}/message/v3/share", json={"messages": messages}, headers=token)
    assert response.status_code == status


def test_sharing_goes_to_groups_of_ones_own(login: Sim, ear: Ear) -> None:
    other = login.call("POST", "groups", {"name": "鄰居", "people": ["amy", "lin"]})["id"]
    foreign = login.call("POST", "groups", {"name": "別人", "people": ["lin"]})["id"]
    _, credentials = _open(login, "amy")
    token = bearer(credentials["access_token"])
    targets = login.http.get(f"{login.url}/liff/v2/share/targets", headers=token).json()["targets"]
    assert {one["id"] for one in targets} == {login.group, other}
    body = {"targets": [other], "messages": [{"type": "text", "text": "看看這個"}]}
    assert login.http.post(f"{login.url}/liff/v2/share", json=body, headers=token).status_code == 200
    assert login.bubbles(other)[0]["body"]["text"] == "看看這個"
    bad = body | {"targets": [foreign]}
    assert login.http.post(f"{login.url}/liff/v2/share", json=bad, headers=token).status_code == 400
    login.call("PATCH", f"liff-apps/{LIFF}", {"share_picker": False})
    assert login.http.post(f"{login.url}/liff/v2/share", json=body, headers=token).status_code == 403


def test_pages_of_other_sites_may_ask(login: Sim) -> None:
    for path in ("v2/profile", "oauth2/v2.1/token", f"liff/v2/apps/{LIFF}/context", "message/v3/share"):
        asked = login.http.request("OPTIONS", f"{login.url}/{path}")
        assert asked.headers["access-control-allow-origin"] == "*"
        assert "authorization" in asked.headers["access-control-allow-headers"]
    script = login.http.get(f"{login.url}/liff/sdk.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "window.liff" in script.text


def test_login_channels_and_apps_survive_a_restart(tmp_path: Any) -> None:
    running = start_simulator(tmp_path)
    sim = Sim(running.url)
    channel = {"id": LOGIN, "name": "小鋪", "secret": LOGIN_SECRET, "callbacks": ["https://shop.example/c"]}
    sim.call("POST", "login-channels", channel)
    sim.call("POST", "liff-apps", {"id": LIFF, "channel": LOGIN, "name": "小鋪", "endpoint": ENDPOINT})
    before = sim.call("GET", "liff-apps"), sim.call("GET", "login-channels")
    stop(running)
    running = start_simulator(tmp_path)
    sim = Sim(running.url)
    assert (sim.call("GET", "liff-apps"), sim.call("GET", "login-channels")) == before
    sim.call("DELETE", f"login-channels/{LOGIN}")
    assert sim.call("GET", "liff-apps") == {"liff_apps": []}
    stop(running)
