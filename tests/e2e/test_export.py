"""Take the whole shop home, from the page."""

import tarfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import picture


def test_an_owner_takes_the_shop_home(console: Callable[..., Page], tmp_path: Path) -> None:
    page = console("settings/")
    page.get_by_role("link", name="匯出與匯入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("匯出與匯入")
    page.get_by_role("button", name="開始匯出").click()
    link = page.get_by_role("link", name="下載").first
    expect(link).to_be_visible(timeout=20_000)
    picture(page, "export-done")
    with page.expect_download() as waiting:
        link.click()
    waiting.value.save_as(tmp_path / "shop.tar.gz")
    with tarfile.open(tmp_path / "shop.tar.gz") as tar:
        names = tar.getnames()
    assert names[0] == "manifest.json"
    assert "data/product.jsonl" in names
    assert any(name.startswith("images/") for name in names)


def test_the_page_in_all_languages_and_sizes(console: Callable[..., Page]) -> None:
    for language, word in (
        ("zh-hant", "匯出與匯入"),
        ("ja", "エクスポートとインポート"),
        ("en", "Export and import"),
    ):
        for size in ("phone", "desk"):
            page = console("settings/export", language=language, size=size)
            expect(page.get_by_role("heading", level=1)).to_have_text(word)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(page, f"export-{language}-{size}")
