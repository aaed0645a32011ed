"""The company's name and contact, changed in the settings, with history."""

import pytest

from plusone.base import scope
from plusone.base.models import AuditEntry
from plusone.tenants.models import Tenant
from tests.tenants import browser

TOLD = {
    "name": "林媽媽有限公司",
    "contact_name": "林阿珍",
    "contact_email": "lin@example.com",
    "contact_phone": "0912-345-678",
}


def test_it_is_changed_in_the_settings_and_the_history_says_so(tenant: Tenant) -> None:
    owner, url = browser.at(tenant), browser.path(tenant, "settings/company")
    assert url in owner.get(browser.path(tenant, "settings/")).content.decode()
    shown = owner.post(url, TOLD, follow=True).content.decode()
    for value in TOLD.values():
        assert value in shown
    tenant.refresh_from_db()
    assert {name: getattr(tenant, name) for name in TOLD} == TOLD
    history = owner.get(browser.path(tenant, "settings/history")).content.decode()
    assert "name or contact" in history
    owner.post(url, TOLD)
    with scope.tenant(tenant.pk):
        entry = AuditEntry.objects.get(action="shop.company")
        assert (entry.before["contact_phone"], entry.after["contact_phone"]) == ("", "0912-345-678")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "needs a name"),
        ("contact_email", "lin@", "valid email"),
        ("contact_phone", "call me", "digits, spaces"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(tenant: Tenant, field: str, value: str, said: str) -> None:
    answer = browser.at(tenant).post(browser.path(tenant, "settings/company"), TOLD | {field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    name = tenant.name
    tenant.refresh_from_db()
    assert tenant.name == name


def test_a_manager_sees_it_and_changes_nothing(tenant: Tenant) -> None:
    manager, url = browser.at(tenant, "manager"), browser.path(tenant, "settings/company")
    assert tenant.name in manager.get(url).content.decode()
    assert "林媽媽" not in manager.post(url, TOLD).content.decode()
    tenant.refresh_from_db()
    assert tenant.contact_email == ""
    assert browser.at(tenant, "staff").get(url).status_code == 403
