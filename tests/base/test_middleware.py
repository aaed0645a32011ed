"""What happens round every request: the tenant's transaction, the request's id, the policy, the language."""

from typing import Any

import pytest
from django.test import Client

from plusone.base import middleware, scope
from plusone.base.models import AuditEntry
from plusone.tenants.models import Member, Tenant
from tests import makers
from tests.tenants import browser


@pytest.mark.parametrize("slug", ["nowhere", "DEMO", "a_b", "-", "x" * 60, "%E5%BA%97"])
def test_a_path_of_no_shop_is_404_for_everybody(tenant: Tenant, slug: str) -> None:
    for visitor in (browser.stranger(), browser.at(tenant)):
        for rest in ("", "orders/", "products/new", "settings/"):
            assert visitor.get(f"/t/{slug}/console/{rest}").status_code == 404


def test_each_answer_has_an_id_of_its_own_and_a_strict_policy(database: None) -> None:
    answers = [Client().get("/sign-in/") for _ in range(2)]
    assert len({answer["X-Request-Id"] for answer in answers}) == 2
    policy = answers[0]["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert answers[0]["X-Content-Type-Options"] == "nosniff"


def test_pages_that_line_opens_may_load_liff_and_nothing_else(tenant: Tenant, settings: Any) -> None:
    policy = Client().get(f"/t/{tenant.slug}/liff/nowhere")["Content-Security-Policy"]
    assert "script-src 'self' https://static.line-scdn.net;" in policy
    assert "connect-src 'self' https://access.line.me https://api.line.me https://liff.line.me;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    settings.LINE_LIFF_URL = "http://127.0.0.1:8001"
    assert "frame-ancestors http://127.0.0.1:8001;" in middleware.liff_policy()
    console = Client().get("/t/x/console/liff/")["Content-Security-Policy"]
    assert "script-src" not in console
    assert console.endswith("form-action 'self' https://access.line.me")


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        ("", "", "ja,en;q=0.5", "ja"),
        ("", "", "zh-TW", "zh-hant"),
        ("", "", "zh-CN", "zh-hant"),
        ("", "en", "ja", "en"),
        ("?lang=zh-hant", "en", "ja", "zh-hant"),
        ("?lang=xx", "en", "ja", "en"),
        ("?lang=xx", "yy", "ja", "ja"),
        ("", "", "fr", "zh-hant"),
    ],
)
def test_the_language_is_asked_for_kept_or_the_browsers(
    database: None, query: str, cookie: str, header: str, language: str
) -> None:
    visitor = Client(headers={"accept-language": header})
    if cookie:
        visitor.cookies["lang"] = cookie
    answer = visitor.get(f"/sign-in/{query}")
    assert answer["Content-Language"] == language
    assert f'lang="{"zh-Hant" if language == "zh-hant" else language}"' in answer.content.decode()
    kept = answer.cookies["lang"].value if "lang" in answer.cookies else None
    assert kept == (language if query == "?lang=zh-hant" else None)


def test_a_refusal_changes_nothing_even_when_something_was_written(tenant: Tenant) -> None:
    """The whole request is one transaction; an answer of 400 or more takes back what was done before it."""
    visitor = browser.at(tenant)
    with scope.tenant(tenant.pk):
        before = AuditEntry.objects.count()
    answer = visitor.post(browser.path(tenant, "orders/none/status"), {"status": "paid"})
    assert answer.status_code == 404
    with scope.tenant(tenant.pk):
        assert AuditEntry.objects.count() == before


def test_a_member_of_another_shop_is_nobody_here(tenant: Tenant) -> None:
    visitor = browser.at(makers.shop())
    assert visitor.get(browser.path(tenant)).status_code == 403


def test_a_removed_member_is_out_at_the_next_request(tenant: Tenant) -> None:
    visitor = browser.at(tenant)
    assert visitor.get(browser.path(tenant)).status_code == 200
    with scope.tenant(tenant.pk):
        Member.objects.all().delete()
    assert visitor.get(browser.path(tenant)).status_code == 403


def test_no_tenant_is_left_after_a_request(tenant: Tenant) -> None:
    browser.at(tenant).get(browser.path(tenant))
    with pytest.raises(scope.NoTenant):
        scope.current()
    with scope.tenant(tenant.pk):
        assert scope.current() == tenant.pk
