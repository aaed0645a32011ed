"""Rich menus as LINE has them: driven by the official line-bot-sdk, read back over the control API."""

import io
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessageAction,
    MessagingApi,
    MessagingApiBlob,
    RichMenuArea,
    RichMenuBounds,
    RichMenuBulkLinkRequest,
    RichMenuBulkUnlinkRequest,
    RichMenuRequest,
    RichMenuSize,
    RichMenuSwitchAction,
    UpdateRichMenuAliasRequest,
)
from linebot.v3.webhooks import PostbackEvent
from PIL import Image

from .conftest import TOKEN, Ear, Sim, start_simulator, stop
from .test_with_sdk import OneHost, _parsed


@pytest.fixture
def api(sim: Sim) -> MessagingApi:
    return MessagingApi(ApiClient(Configuration(host=sim.url, access_token=TOKEN)))


@pytest.fixture
def blob(sim: Sim) -> MessagingApiBlob:
    return MessagingApiBlob(OneHost(Configuration(host=sim.url, access_token=TOKEN)))


def picture(width: int = 800, height: int = 270, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 90, 200)).save(out, kind)
    return out.getvalue()


def wanted(name: str = "shop", switch_to: str = "") -> RichMenuRequest:
    action = (
        RichMenuSwitchAction(rich_menu_alias_id=switch_to, data=f"tab={switch_to}")
        if switch_to
        else MessageAction(text="history", label="My orders")
    )
    bounds = RichMenuBounds(x=0, y=0, width=400, height=270)
    return RichMenuRequest(
        size=RichMenuSize(width=800, height=270),
        selected=True,
        name=name,
        chat_bar_text="Menu",
        areas=[RichMenuArea(bounds=bounds, action=action)],
    )


def made(api: MessagingApi, blob: MessagingApiBlob, name: str = "shop", switch_to: str = "") -> str:
    menu = str(api.create_rich_menu(wanted(name, switch_to)).rich_menu_id)
    blob.set_rich_menu_image(menu, body=picture(), _headers={"Content-Type": "image/jpeg"})
    return menu


def seen(sim: Sim, person: str = "amy") -> Any:
    """The name of the menu that a person sees at the bottom of the chat."""
    world = sim.call("GET", "world")
    chat = next(chat for chat in world["chats"] if chat["id"] == sim.chat(person))
    return world["menus"][chat["menu"]]["name"] if chat["menu"] else None


def refused(call: Any, status: int, message: str) -> None:
    with pytest.raises(ApiException) as caught:
        call()
    assert caught.value.status == status
    assert message in caught.value.body
    assert caught.value.headers["x-line-request-id"]


def test_a_menu_is_made_read_and_deleted(sim: Sim, api: MessagingApi, blob: MessagingApiBlob) -> None:
    api.validate_rich_menu_object(wanted())
    assert api.get_rich_menu_list().richmenus == []
    menu = made(api, blob)
    read = api.get_rich_menu(menu)
    assert (read.name, read.chat_bar_text, read.areas[0].action.text) == ("shop", "Menu", "history")
    assert [one.rich_menu_id for one in api.get_rich_menu_list().richmenus] == [menu]
    assert bytes(blob.get_rich_menu_image(menu)) == picture()
    api.delete_rich_menu(menu)
    refused(lambda: api.get_rich_menu(menu), 404, "richmenu not found")


def test_a_picture_is_set_once_and_must_fit(sim: Sim, api: MessagingApi, blob: MessagingApiBlob) -> None:
    menu = str(api.create_rich_menu(wanted()).rich_menu_id)

    def upload(data: bytes, kind: str = "image/jpeg") -> None:
        blob.set_rich_menu_image(menu, body=data, _headers={"Content-Type": kind})

    refused(lambda: blob.get_rich_menu_image(menu), 404, "Not found")
    refused(lambda: api.set_default_rich_menu(menu), 400, "must upload richmenu image before applying")
    refused(lambda: upload(picture(), "image/gif"), 415, "Unsupported")
    refused(lambda: upload(picture(2500, 843)), 400, "The image size is not allowed for richmenu")
    refused(lambda: upload(picture(700, 250)), 400, "The image size is not allowed for richmenu")
    refused(lambda: upload(b"no picture"), 400, "invalid")
    refused(lambda: upload(picture() + bytes(1024 * 1024)), 413, "Too Large")
    upload(picture(kind="PNG"), "image/png")
    refused(lambda: upload(picture()), 400, "An image has already been uploaded to the richmenu")


def test_own_menu_before_default_before_none(sim: Sim, api: MessagingApi, blob: MessagingApiBlob) -> None:
    everybody, hers = made(api, blob, "everybody"), made(api, blob, "hers")
    refused(api.get_default_rich_menu_id, 404, "no default richmenu")
    assert seen(sim) is None
    api.set_default_rich_menu(everybody)
    assert api.get_default_rich_menu_id().rich_menu_id == everybody
    refused(lambda: api.get_rich_menu_id_of_user(sim.user("amy")), 404, "the user has no richmenu")
    api.link_rich_menu_id_to_user(sim.user("amy"), hers)
    assert api.get_rich_menu_id_of_user(sim.user("amy")).rich_menu_id == hers
    assert (seen(sim, "amy"), seen(sim, "kenta")) == ("hers", "everybody")
    api.unlink_rich_menu_id_from_user(sim.user("amy"))
    assert seen(sim) == "everybody"
    api.cancel_default_rich_menu()
    assert seen(sim) is None


def test_many_people_at_once_and_strangers_silently_left_out(
    sim: Sim, api: MessagingApi, blob: MessagingApiBlob
) -> None:
    menu = made(api, blob)
    sim.call("PUT", f"channels/2000000001/friends/{'kenta'}", {"state": "none"})
    users = [sim.user("amy"), sim.user("kenta")]
    api.link_rich_menu_id_to_users(RichMenuBulkLinkRequest(richMenuId=menu, userIds=users))
    assert (seen(sim, "amy"), seen(sim, "kenta")) == ("shop", None)
    api.unlink_rich_menu_id_from_users(RichMenuBulkUnlinkRequest(userIds=users))
    assert seen(sim, "amy") is None
    many = {"richMenuId": menu, "userIds": [sim.user("amy")] * 501}
    assert sim.line("POST", "richmenu/bulk/link", many).status_code == 400


def test_aliases_and_tabs(sim: Sim, ear: Ear, api: MessagingApi, blob: MessagingApiBlob) -> None:
    first, second = made(api, blob, "first", "tab-b"), made(api, blob, "second", "tab-a")
    api.set_default_rich_menu(first)
    tap = {"person": "amy", "alias": "tab-b", "data": "tab=tab-b"}
    path = f"chats/{sim.chat('amy')}/menu"
    assert sim.call("POST", path, tap)["status"] == "RICHMENU_ALIAS_ID_NOTFOUND"
    api.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="tab-b", richMenuId=first))
    again = CreateRichMenuAliasRequest(richMenuAliasId="tab-b", richMenuId=second)
    refused(lambda: api.create_rich_menu_alias(again), 400, "conflict richmenu alias id")
    api.update_rich_menu_alias("tab-b", UpdateRichMenuAliasRequest(richMenuId=second))
    assert api.get_rich_menu_alias("tab-b").rich_menu_id == second
    assert [one.rich_menu_alias_id for one in api.get_rich_menu_alias_list().aliases] == ["tab-b"]
    assert sim.call("POST", path, tap)["status"] == "SUCCESS"
    assert (seen(sim, "amy"), seen(sim, "kenta")) == ("second", "first")
    told = _parsed(ear, 2)[1]
    assert isinstance(told, PostbackEvent)
    assert told.postback.data == "tab=tab-b"
    assert told.postback.params == {"newRichMenuAliasId": "tab-b", "status": "SUCCESS"}
    api.delete_rich_menu(second)
    assert seen(sim, "amy") == "first"
    assert sim.call("POST", path, tap)["status"] == "RICHMENU_NOTFOUND"
    api.delete_rich_menu_alias("tab-b")
    refused(lambda: api.get_rich_menu_alias("tab-b"), 404, "richmenu alias not found")


def _area(**action: Any) -> dict[str, Any]:
    return {"bounds": {"x": 0, "y": 0, "width": 10, "height": 10}, "action": action}


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"size": {"width": 799, "height": 270}}, "size.width"),
        ({"size": {"width": 800, "height": 600}}, "size.height"),
        ({"name": "x" * 301}, "name"),
        ({"chatBarText": "x" * 15}, "chatBarText"),
        ({"chatBarText": ""}, "chatBarText"),
        ({"selected": None}, "selected"),
        ({"areas": [_area(type="message", text="x")] * 21}, "areas"),
        ({"areas": [_area(type="message", text="")]}, "areas[0].action.text"),
        ({"areas": [_area(type="message", text="x", label="y" * 21)]}, "areas[0].action.label"),
        ({"areas": [_area(type="camera", label="y")]}, "areas[0].action.type"),
        ({"areas": [_area(type="uri", uri="ftp://x")]}, "areas[0].action.uri"),
        (
            {"areas": [_area(type="richmenuswitch", richMenuAliasId="Big", data="x")]},
            "areas[0].action.richMenuAliasId",
        ),
        (
            {
                "areas": [
                    {
                        "bounds": {"x": 795, "y": 0, "width": 10, "height": 10},
                        "action": {"type": "message", "text": "x"},
                    }
                ]
            },
            "areas[0].bounds.width",
        ),
    ],
)
def test_what_line_refuses(sim: Sim, change: dict[str, Any], property_: str) -> None:
    body = wanted().to_dict() | change
    for path in ("richmenu", "richmenu/validate"):
        answer = sim.line("POST", path, body)
        assert answer.status_code == 400
        assert [one["property"] for one in answer.json()["details"]] == [property_]
    assert sim.line("GET", "richmenu/list").json() == {"richmenus": []}


def test_an_emoji_counts_once_in_the_bar(sim: Sim) -> None:
    body = wanted().to_dict() | {"chatBarText": "👨‍👩‍👧" * 14}
    assert sim.line("POST", "richmenu", body).status_code == 200


def test_no_more_than_a_hundred_an_hour(sim: Sim) -> None:
    body = wanted().to_dict()
    statuses = [sim.line("POST", "richmenu", body).status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    sim.advance(3600)
    assert sim.line("POST", "richmenu", body).status_code == 200


def test_another_account_s_menu_is_unknown(sim: Sim, api: MessagingApi, blob: MessagingApiBlob) -> None:
    menu = made(api, blob)
    other = {"id": "2000000002", "name": "other", "secret": "s" * 32, "access_token": "other-token"}
    sim.call("POST", "channels", other)
    assert sim.line("GET", f"richmenu/{menu}", token="other-token").status_code == 404
    assert sim.line("POST", f"user/all/richmenu/{menu}", token="other-token").status_code == 404
    assert sim.line("GET", "richmenu/list", token="other-token").json() == {"richmenus": []}


def test_menus_outlive_a_restart(tmp_path: Any) -> None:
    running = start_simulator(tmp_path)
    sim = Sim(running.url)
    account = {"channel_id": "2000000001", "secret": "0" * 32, "access_token": TOKEN, "name": "小鋪"}
    sim.cast = sim.call("POST", "seed", account | {"webhook_url": ""})
    api = MessagingApi(ApiClient(Configuration(host=sim.url, access_token=TOKEN)))
    blob = MessagingApiBlob(OneHost(Configuration(host=sim.url, access_token=TOKEN)))
    menu = made(api, blob)
    api.set_default_rich_menu(menu)
    api.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="a", richMenuId=menu))
    stop(running)
    running = start_simulator(tmp_path)
    sim.url = running.url
    assert seen(sim) == "shop"
    assert sim.line("GET", "richmenu/alias/list").json()["aliases"][0]["richMenuId"] == menu
    stop(running)
