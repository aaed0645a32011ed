"""What is looked for on every page: complaints of the browser, what stands out of it, what a thumb misses,
words of another language, what it weighs.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx2
import polib
from playwright.sync_api import Page, Response

from tests.e2e.conftest import PICTURES, SIZES

HERE = Path(__file__).resolve().parent
PLUSONE = HERE.parents[1] / "plusone"
FOLDER = PICTURES / "pages"
AXE = (HERE / "vendor" / "axe.min.js").read_text()
MOST_BYTES = 100 * 1024
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
# A row's link covers the whole row, a ticked box has its label, a link within a sentence is text.
EXEMPT = ".row-link, .skip-link, .text-link, .sr-only, label *, p a"
TOO_SMALL = """(exempt) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((one) => !one.matches(exempt))
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(({offsetHeight: height}) => height > 1 && height < 44)
  .map((one) => one.outerHTML.slice(0, 160))"""
# What loads by itself has come: htmx has asked, and an answer stands there.
ANSWERED = """document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.elt.dataset.answered = "1";
});"""
SETTLED = """() => !document.querySelector("[hx-trigger=load]:not([data-answered]), .htmx-request")
  && document.fonts.status === "loaded" && [...document.images].every((one) => one.complete)"""
LINES = "() => document.body.innerText.split('\\n').map((line) => line.trim()).filter(Boolean)"
LOADED = """() => performance.getEntriesByType("resource").map((one) => one.name)
  .filter((name) => /\\.(css|js|mjs)(\\?|$)/.test(name))"""
ENGLISH = re.compile(r"[A-Z][a-z]*(?: [A-Za-z][a-z']*){2,}[.!?:…]?")
# What the shop itself wrote, in its own language: words of its goods and its rich menu, and names of LINE's.
DATA = {"服飾", "主選單", "選單"}
_FAULTS = """(only) => axe.run(document, {resultTypes: ["violations"], ...(only ? {runOnly: only} : {})})
  .then((found) => found.violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message || ""}`)))"""


@dataclass
class Findings:
    """What was found, page by page; empty at the end, or the test fails with all of it."""

    where: str = ""
    found: list[str] = field(default_factory=list)

    def add(self, what: str, details: object = "") -> None:
        """Note a fault of the page that is open."""
        self.found.append(f"{self.where}: {what} {details}".rstrip())

    def watch(self, page: Page) -> None:
        """Hear what the browser complains of from now on; that an address answers 4xx is not a complaint."""
        page.on("pageerror", lambda error: self.add("script error", error))
        page.on("console", lambda line: self._heard(line.type, line.text))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.add("console", text)


def look(
    page: Page, findings: Findings, name: str, language: str, *, dark: bool, targets: bool = True
) -> None:
    """The open page at both widths, its pictures kept; in the dark once more where asked."""
    page.wait_for_function(SETTLED)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if (wide := page.evaluate(TOO_WIDE)) > 0:
            findings.add(f"stands {wide} px out of the {size}")
        if size == "phone":
            for fault in page.evaluate(TOO_SMALL, EXEMPT) if targets else ():
                findings.add("lower than 44 px:", fault)
            for fault in accessible(page):
                findings.add("axe", fault)
        keep(page, f"{name}-{language}-{size}")
        if dark:
            page.emulate_media(color_scheme="dark")
            page.wait_for_function(SETTLED)
            if size == "phone":
                for fault in accessible(page, ["color-contrast"]):
                    findings.add("axe in the dark", fault)
            keep(page, f"{name}-{language}-{size}-dark")
            page.emulate_media(color_scheme="light")
            page.wait_for_function(SETTLED)
    for line in foreign(page.evaluate(LINES), language):
        findings.add("in another language:", line)


def keep(page: Page, name: str) -> None:
    """A picture for people to look at, of the whole page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


def accessible(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds; with `rules` only by those."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_FAULTS, rules)
    return found


def weight(page: Page, answer: Response) -> int:
    """Bytes of the page as it came, and of its styles and scripts as whitenoise compresses them."""
    came = answer.request.sizes()["responseBodySize"]
    return came + sum(_compressed(address) for address in set(page.evaluate(LOADED)))


@cache
def _compressed(address: str) -> int:
    return len(gzip.compress(httpx2.get(address, timeout=20).raise_for_status().content))


def foreign(lines: list[str], language: str) -> Iterator[str]:
    """Lines that are a text of the product in another language than the page's, and English sentences in a
    page that is not English.
    """
    texts = _texts()
    own = texts[language] | DATA
    others = set().union(*(words for code, words in texts.items() if code != language))
    for line in dict.fromkeys(lines):
        if line not in own and (line in others or (language != "en" and ENGLISH.fullmatch(line))):
            yield line


@cache
def _texts() -> dict[str, set[str]]:
    """All texts of product and simulator by language."""
    texts: dict[str, set[str]] = {"zh-hant": set(), "ja": set(), "en": set()}
    for code, place in (("zh-hant", "zh_Hant"), ("ja", "ja")):
        for entry in polib.pofile(str(PLUSONE / "locale" / place / "LC_MESSAGES" / "django.po")):
            texts[code] |= {entry.msgstr, *entry.msgstr_plural.values()} - {""}
            texts["en"] |= {entry.msgid, entry.msgid_plural} - {""}
    for words in (PLUSONE / "simulator" / "static").glob("*/words/*.json"):
        texts[words.stem] |= set(json.loads(words.read_text("utf-8")).values())
    return texts
