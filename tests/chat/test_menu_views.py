"""The console's pages of rich menus: made from a template or a picture, drawn, published, shown, repaired."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve
from PIL import Image

from plusone.base import scope, uploads
from plusone.chat.models import MenuBoard, MenuSlot, RichMenu
from plusone.chat.rules.menus import PAGES, Area
from plusone.chat.tasks import menus as tasks
from plusone.chat.views import menu_art, menu_form
from plusone.tenants.models import Tenant
from tests.chat import menu_makers as make
from tests.chat.at_line import AtLine
from tests.tenants import browser


def post(tenant: Tenant, rest: str, role: str = "owner", **data: Any) -> Any:
    return browser.at(tenant, role).post(browser.path(tenant, f"messages/menus/{rest}"), data)


def text(tenant: Tenant, rest: str = "", role: str = "owner") -> str:
    answer = browser.at(tenant, role).get(browser.path(tenant, f"messages/menus/{rest}"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def only(tenant: Tenant) -> RichMenu:
    with scope.tenant(tenant.pk):
        return RichMenu.objects.get()


def stored(menu: RichMenu) -> Image.Image:
    return Image.open(uploads.open_stored(settings.FILES, menu.image))


def rows(*areas: dict[str, Any]) -> dict[str, Any]:
    """What the form sends for these areas."""
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(areas), "form-INITIAL_FORMS": 0}
    for number, area in enumerate(areas):
        given = {"x": 0, "y": 0, "width": 400, "height": 270, "kind": "say", **area}
        data |= {f"form-{number}-{name}": value for name, value in given.items()}
    return data


def upload(width: int, height: int, **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("menu.jpg", make.picture(width, height), "image/jpeg")
    return {"upload": "1", "picture": file, "size": "2500x843", **more}


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("template", [name for name, _ in menu_form.TEMPLATES])
def test_a_template_becomes_menus_that_can_be_published_as_they_are(
    line: AtLine, template: str, language: str
) -> None:
    answer = post(line.tenant, "new", use="1", template=template, language=language, palette="indigo")
    assert answer.status_code == 302
    with scope.tenant(line.tenant.pk):
        made = list(RichMenu.objects.order_by("pk"))
    assert len(made) == len(menu_art.TEMPLATES[template])
    post(line.tenant, f"{made[0].pk}/publish")
    for menu in made:
        tasks.work_on(line.tenant.pk, menu.pk)
    with scope.tenant(line.tenant.pk):
        assert {menu.state for menu in RichMenu.objects.all()} == {"live"}
    assert stored(made[0]).size == (made[0].width, made[0].height)


def test_the_words_of_a_template_are_those_the_chat_understands(line: AtLine) -> None:
    wanted = {"zh-hant": "履歷", "ja": "履歴", "en": "my orders"}
    for language, word in wanted.items():
        post(line.tenant, "new", use="1", template="strip", language=language, palette="tea")
        with scope.tenant(line.tenant.pk):
            areas = RichMenu.objects.order_by("-pk")[0].draft().areas
        assert word in [area.value for area in areas if area.kind == "say"]


@pytest.mark.parametrize(("width", "height"), [(3000, 1000), (500, 2000), (2500, 843), (40, 30)])
def test_any_picture_is_brought_to_line_s_size(tenant: Tenant, width: int, height: int) -> None:
    assert post(tenant, "new", **upload(width, height)).status_code == 302
    menu = only(tenant)
    assert (menu.width, menu.height) == (2500, 843)
    assert stored(menu).size == (2500, 843)


def test_a_noisy_picture_is_made_small_enough_for_line() -> None:
    noise = Image.effect_noise((2500, 1686), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=80)
    assert len(uploads.fit_image(out.getvalue(), 2500, 1686)) <= 1_000_000


def test_what_is_no_picture_is_refused_with_a_sentence(tenant: Tenant) -> None:
    file = SimpleUploadedFile("menu.jpg", b"<svg>", "image/jpeg")
    answer = post(tenant, "new", upload="1", picture=file, size="2500x843")
    assert answer.status_code == 422
    assert "neither a JPG nor a PNG" in answer.content.decode()


def test_areas_are_stored_as_drawn(tenant: Tenant) -> None:
    menu = make.made(tenant)
    other = make.made(tenant, "other")
    sent = rows(
        {"say": "+1", "label": "Order"},
        {"kind": "page", "page": "orders", "x": 400},
        {"kind": "link", "link": "https://example.com/"},
        {"kind": "tab", "tab": str(other.pk)},
    )
    answer = post(tenant, f"{menu.pk}/", name="new", bar_text="bar", save="1", **sent)
    assert answer.status_code == 302
    draft = make.fresh(tenant, menu).draft()
    assert (draft.name, draft.bar_text, draft.opens) == ("new", "bar", False)
    assert draft.areas == (
        Area(0, 0, 400, 270, "say", "+1", "Order"),
        Area(400, 0, 400, 270, "page", "orders"),
        Area(0, 0, 400, 270, "link", "https://example.com/"),
        Area(0, 0, 400, 270, "tab", str(other.pk)),
    )


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ({"say": ""}, "Area 1: Please enter the text to send"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "Area 1: Please enter a full link"),
        ({"say": "x", "width": 900}, "Area 1: It reaches outside the picture"),
        ({"kind": "tab", "tab": "999999"}, "Area 1:"),
        ({"kind": "dance"}, "Area 1:"),
        ({"say": "x", "x": "left"}, "Area 1:"),
    ],
)
def test_a_wrong_area_is_told_by_its_number_and_nothing_is_stored(
    tenant: Tenant, area: dict[str, Any], words: str
) -> None:
    menu = make.made(tenant)
    answer = post(tenant, f"{menu.pk}/", name="new", bar_text="bar", save="1", **rows(area))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert make.fresh(tenant, menu).name == "主選單"


def test_more_than_twenty_areas_are_refused(tenant: Tenant) -> None:
    menu = make.made(tenant)
    sent = rows(*[{"say": "x"}] * 21)
    assert post(tenant, f"{menu.pk}/", name="new", bar_text="bar", **sent).status_code == 422


def test_saved_published_shown_and_seen_by_a_buyer(line: AtLine) -> None:
    menu = make.made(line.tenant)
    post(line.tenant, f"{menu.pk}/", name="主選單", bar_text="選單", publish="1", **rows({"say": "履歷"}))
    assert "On its way to LINE" in text(line.tenant, f"{menu.pk}/")
    assert (
        browser.at(line.tenant)
        .get(browser.path(line.tenant, f"messages/menus/{menu.pk}/progress"))
        .content.count(b"progress")
    )
    tasks.work_on(line.tenant.pk, menu.pk)
    over = browser.at(line.tenant).get(browser.path(line.tenant, f"messages/menus/{menu.pk}/progress"))
    assert over.headers["HX-Refresh"] == "true"
    assert "nobody sees it yet" in text(line.tenant, f"{menu.pk}/")
    post(line.tenant, f"{menu.pk}/show")
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "主選單"
    page = text(line.tenant)
    assert "Everybody sees it" in page
    assert "something different from what is set here" not in page
    post(line.tenant, "0/show")
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) is None


def test_a_draft_can_not_be_shown(tenant: Tenant) -> None:
    menu = make.made(tenant)
    post(tenant, f"{menu.pk}/show")
    with scope.tenant(tenant.pk):
        assert not MenuBoard.objects.filter(base=menu).exists()


def test_what_was_changed_since_says_so(line: AtLine) -> None:
    menu = make.published(line.tenant)
    assert "Changed since it was published" not in text(line.tenant)
    post(line.tenant, f"{menu.pk}/", name="主選單", bar_text="選單2", save="1", **rows({"say": "履歷"}))
    assert "Changed since it was published" in text(line.tenant)


def test_line_s_refusal_stands_on_the_page(line: AtLine) -> None:
    menu = make.published(line.tenant)
    make.update(line.tenant, menu, state="failed", reason="refused", said="areas[0]: no")
    page = text(line.tenant)
    assert "LINE refused it." in page
    assert "areas[0]: no" in page
    assert "The previous version is still live." in page


def test_times_are_added_and_removed(line: AtLine) -> None:
    menu = make.published(line.tenant)
    empty = post(line.tenant, f"{menu.pk}/times")
    assert empty.status_code == 422
    assert "Please choose weekdays, times or days." in empty.content.decode()
    backwards = post(line.tenant, f"{menu.pk}/times", first="2026-12-25", last="2026-12-24")
    assert "The last day is before the first." in backwards.content.decode()
    post(line.tenant, f"{menu.pk}/times", weekdays=["5", "6"], starts="09:00", ends="18:00")
    page = text(line.tenant, f"{menu.pk}/times")
    assert "Sat, Sun · 09:00 – 18:00" in page
    with scope.tenant(line.tenant.pk):
        slot = MenuSlot.objects.get()
    assert post(line.tenant, f"times/{slot.pk}/removal").status_code == 302
    with scope.tenant(line.tenant.pk):
        assert not MenuSlot.objects.exists()


def test_differences_are_told_and_a_late_turn_too(line: AtLine) -> None:
    menu = make.published(line.tenant)
    post(line.tenant, f"{menu.pk}/show")
    tasks.turn_menu(line.tenant.pk)
    client = tasks._client(line.tenant.pk)
    client.delete_menu(menu.line_id)
    post(line.tenant, "look")
    tasks.look_at_menus(line.tenant.pk)
    assert "“主選單” was deleted at LINE." in text(line.tenant)
    post(line.tenant, "repair")
    tasks.work_on(line.tenant.pk, menu.pk)
    tasks.repair(line.tenant.pk)
    page = text(line.tenant)
    assert "was deleted at LINE" not in page
    assert "minutes late" not in page
    with scope.tenant(line.tenant.pk):
        MenuBoard.objects.update(late_seconds=720)
    assert "The last change came 12 minutes late." in text(line.tenant)


def test_staff_may_look_and_not_touch(tenant: Tenant) -> None:
    menu = make.made(tenant)
    page = text(tenant, role="staff")
    assert "主選單" in page
    assert "<form" not in page.split('id="main"')[1]
    assert post(tenant, f"{menu.pk}/publish", role="staff").status_code == 403


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_page_that_an_area_can_open_is_there(page: str) -> None:
    assert str(resolve(f"/t/shop/liff/{PAGES[page]}").url_name).startswith("shop")
