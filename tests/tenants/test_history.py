"""The history page: sentences, filters, and that every deed the code records has one."""

import ast

import pytest
from django.test import Client

from plusone.tenants.models import Role, Tenant
from plusone.tenants.views import deeds
from tests import makers
from tests.house.sources import name_of, product
from tests.tenants import browser


def recorded() -> set[str]:
    """Every action that the code notes in the record."""
    notes = [call for source in product() for call in source.calls() if name_of(call) == "audit.note"]
    return {
        node.value
        for call in notes
        for node in ast.walk(call.args[1])
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value
    }


def test_every_deed_in_the_record_has_a_sentence() -> None:
    """A new `audit.note` needs a line in tenants/views/deeds.py."""
    assert len(recorded()) > 10
    assert recorded() - set(deeds.SENTENCES) == set()


@pytest.fixture
def busy(tenant: Tenant) -> Client:
    """The owner of a shop in which things were done."""
    boss = browser.at(tenant)
    one = makers.member(tenant, Role.STAFF)
    boss.post(browser.path(tenant, f"settings/team/{one.pk}/role"), {"role": "manager"})
    makers.goods(tenant, "阿里山高山茶")
    boss.post(browser.path(tenant, f"settings/team/{one.pk}/removal"))
    return boss


def said(client: Client, tenant: Tenant, **query: str) -> list[str]:
    """The sentences of the page, newest first."""
    answer = client.get(browser.path(tenant, "settings/history"), query)
    assert answer.status_code == 200
    return [f"{moment['who']}: {moment['what']}" for moment in answer.context["moments"]]


def test_it_says_who_did_what_in_sentences(tenant: Tenant, busy: Client) -> None:
    sentences = said(busy, tenant)
    assert sentences[0] == "店員: Removed 店員 from the team"
    assert "店員: Changed the role of 店員" in sentences
    assert sentences[-1] == "Plusone: Changed the LINE account's settings"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-hant", "店員: 將 店員 移出團隊"), ("ja", "店員: 店員をチームから外しました")],
)
def test_in_the_readers_language(tenant: Tenant, busy: Client, language: str, sentence: str) -> None:
    assert said(busy, tenant, lang=language)[0] == sentence


def test_it_is_filtered_by_person_and_by_thing(tenant: Tenant, busy: Client) -> None:
    assert set(said(busy, tenant, about="member")) <= {
        "店員: Removed 店員 from the team",
        "店員: Changed the role of 店員",
    }
    by_the_house = said(busy, tenant, by="house:")
    assert len(by_the_house) == 2
    assert all(sentence.startswith("Plusone: ") for sentence in by_the_house)
    assert said(busy, tenant, by="member:0") == []
    assert said(busy, tenant, about="member:0") == []


def test_who_left_keeps_their_name(tenant: Tenant) -> None:
    boss = browser.at(tenant)
    one = makers.member(tenant, Role.OWNER)
    leaver = Client()
    leaver.force_login(one.user)
    leaver.post(browser.path(tenant, "settings/shop"), {"quota_floor": "20"})
    boss.post(browser.path(tenant, f"settings/team/{one.pk}/removal"))
    assert said(boss, tenant, by=f"member:{one.pk}") == ["店員: Changed how the shop answers"]


def test_names_stay_data(tenant: Tenant) -> None:
    boss = browser.at(tenant)
    one = makers.member(tenant, Role.STAFF)
    one.user.name = "<b>%(thing)s</b>\u202e{{ x }}"
    one.user.save()
    boss.post(browser.path(tenant, f"settings/team/{one.pk}/removal"))
    text = boss.get(browser.path(tenant, "settings/history")).content.decode()
    assert "Removed &lt;b&gt;%(thing)s&lt;/b&gt;{{ x }} from the team" in text
