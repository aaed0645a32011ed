"""Our rich menu calls against the real simulator process."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from plusone.line import errors
from plusone.line.client import Addresses
from plusone.line.menus import MenuClient
from tests.simulator.conftest import TOKEN, Running, Sim, start_simulator, stop

BODY: dict[str, Any] = {
    "size": {"width": 800, "height": 270},
    "selected": True,
    "name": "店",
    "chatBarText": "選單",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 800, "height": 270},
            "action": {"type": "message", "text": "履歷"},
        }
    ],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start_simulator(tmp_path_factory.mktemp("menus"))
    yield running
    stop(running)


@pytest.fixture
def sim(place: Running) -> Sim:
    sim = Sim(place.url)
    sim.call("POST", "reset", {})
    account = {"channel_id": "2000000001", "secret": "0" * 32, "access_token": TOKEN, "name": "小鋪"}
    sim.cast = sim.call("POST", "seed", account | {"webhook_url": ""})
    return sim


@pytest.fixture
def client(sim: Sim) -> MenuClient:
    return MenuClient(Addresses(sim.url, sim.url), TOKEN)


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 270), (200, 90, 90)).save(out, kind)
    return out.getvalue()


def test_a_menu_from_nothing_to_default_and_away(client: MenuClient) -> None:
    client.validate_menu(BODY)
    assert client.menus() == []
    menu = client.create_menu(BODY)
    assert client.image(menu) is None
    client.upload_image(menu, picture())
    assert client.image(menu) == picture()
    assert [(one.id, one.body) for one in client.menus()] == [(menu, BODY)]
    assert client.default_menu() is None
    client.set_default_menu(menu)
    assert client.default_menu() == menu
    client.set_default_menu(None)
    client.set_default_menu(None)
    assert client.default_menu() is None
    client.delete_menu(menu)
    client.delete_menu(menu)
    assert client.menus() == []


def test_png_goes_up_as_png(client: MenuClient) -> None:
    menu = client.create_menu(BODY)
    client.upload_image(menu, picture("PNG"))
    assert client.image(menu) == picture("PNG")


def test_refusals_carry_line_s_words(client: MenuClient) -> None:
    with pytest.raises(errors.Refused) as caught:
        client.create_menu({**BODY, "chatBarText": "x" * 15})
    assert caught.value.details == (errors.Detail("Length must be between 0 and 14", "chatBarText"),)
    menu = client.create_menu(BODY)
    with pytest.raises(errors.Refused) as caught:
        client.set_default_menu(menu)
    assert caught.value.line_message == "must upload richmenu image before applying it to user"
    client.upload_image(menu, picture())
    with pytest.raises(errors.Refused, match="status=400"):
        client.upload_image(menu, picture())


def test_own_menus_one_by_one_and_many(client: MenuClient, sim: Sim) -> None:
    menu = client.create_menu(BODY)
    client.upload_image(menu, picture())
    amy, kenta = sim.user("amy"), sim.user("kenta")
    assert client.menu_of(amy) is None
    client.link_menu(amy, menu)
    assert client.menu_of(amy) == menu
    client.link_menu(amy, None)
    client.link_menus([amy, kenta], menu)
    assert (client.menu_of(amy), client.menu_of(kenta)) == (menu, menu)
    client.link_menus([amy, kenta], None)
    assert client.menu_of(kenta) is None


def test_aliases_made_moved_removed(client: MenuClient) -> None:
    first, second = client.create_menu(BODY), client.create_menu(BODY)
    client.set_alias("shop", first)
    assert client.aliases() == {"shop": first}
    client.set_alias("shop", second)
    assert client.aliases() == {"shop": second}
    client.delete_alias("shop")
    client.delete_alias("shop")
    assert client.aliases() == {}
