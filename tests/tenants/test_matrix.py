"""Roles mean what the shop's matrix says (P30): every address, reading and writing, against every role, the
three and those of the shop's own, from one table that the product itself reads.
"""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import rules
from plusone.tenants.actions import roles
from plusone.tenants.models import Member, Role, TeamRole
from plusone.tenants.views import words
from tests.house import walk
from tests.house.walk import Route, Shop
from tests.tenants import browser

INSIDE = [
    route
    for route in walk.routes()
    if route.text.startswith((f"{walk.CONSOLE}console/", f"{walk.CONSOLE}liff/admin/"))
]
# Roles of the shop's own: what only looks, what only packs, and one that may run the team.
OWN = {
    "looks": [name for name in rules.PERMISSIONS if name.endswith(".see")],
    "packs": ["orders.change"],
    "runs the team": ["team.change", "orders.see"],
}
PERMISSION_SETS = st.frozensets(st.sampled_from(sorted(rules.PERMISSIONS)))


@pytest.fixture(scope="module")
def shop(database: None) -> Shop:
    """A shop that made three roles and took from managers what they may do with products."""
    made = walk.marked_shop()
    with scope.tenant(made.tenant.pk):
        for name, permissions in OWN.items():
            roles.make(HOUSE, name, permissions)
        fewer = rules.granted(Role.MANAGER) - {"products.see", "products.change"}
        roles.edit(HOUSE, Role.MANAGER, "", fewer)
    return made


@pytest.fixture(scope="module")
def people(shop: Shop) -> dict[str, Client]:
    """One of each role, and one who was removed."""
    with scope.tenant(shop.tenant.pk):
        codes = list(TeamRole.objects.matrix())
    found = {code: browser.at(shop.tenant, code) for code in codes}
    gone = browser.at(shop.tenant, Role.OWNER)
    with scope.tenant(shop.tenant.pk):
        Member.objects.order_by("-pk")[0].delete()
    return {**found, "(removed)": gone}


@pytest.fixture(autouse=True)
def line_is_away(settings: Any) -> None:
    """Pages that ask LINE ask nobody here."""
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = "http://127.0.0.1:9"


@pytest.mark.parametrize("route", INSIDE, ids=lambda route: route.text)
def test_every_address_keeps_to_the_matrix(route: Route, shop: Shop, people: dict[str, Client]) -> None:
    path = route.path(walk.values(route, shop.tenant.slug, shop))
    permission = route.view.permission  # type: ignore[attr-defined]
    assert len(people) >= 8
    for role, person in people.items():
        person.raise_request_exception = False
        for method in ("get", "post"):
            with scope.tenant(shop.tenant.pk):
                allowed = permission in TeamRole.objects.matrix().get(role, ())
            answer = getattr(person, method)(path, walk.FORM if method == "post" else {})
            assert answer.status_code < 500 or answer.status_code == 503, (role, method, path)
            if allowed or answer.status_code != 405:
                assert (answer.status_code == 403) is not allowed, (role, method, path, answer.status_code)


def test_the_matrix_starts_as_the_rules_say(shop: Shop) -> None:
    with scope.tenant(shop.tenant.pk):
        matrix = TeamRole.objects.matrix()
    for permission, allowed in rules.PERMISSIONS.items():
        assert (permission in matrix[Role.STAFF]) == ("staff" in allowed)
        assert permission in matrix[Role.OWNER]
    assert "products.change" not in matrix[Role.MANAGER]


def test_every_permission_has_words() -> None:
    assert set(words.PERMISSIONS) == set(rules.PERMISSIONS)
    assert {name.partition(".")[0] for name in rules.PERMISSIONS} <= set(words.GROUPS)


@given(PERMISSION_SETS)
def test_a_role_is_completed_and_never_gets_what_is_the_owners(wanted: frozenset[str]) -> None:
    completed = rules.completed(wanted)
    assert rules.completed(completed) == completed
    assert not completed & rules.NEVER_GIVEN
    assert wanted - rules.NEVER_GIVEN <= completed
    for name in completed:
        see = f"{name.partition('.')[0]}.see"
        assert see in completed or see not in rules.PERMISSIONS
    assert rules.granted("r1", sorted(wanted | {"gone.see"})) == wanted - rules.NEVER_GIVEN


@given(PERMISSION_SETS, PERMISSION_SETS)
def test_nobody_reaches_above_themselves(own: frozenset[str], theirs: frozenset[str]) -> None:
    assert rules.reaches(own, theirs) == (not theirs - own)
    assert rules.reaches(frozenset(rules.PERMISSIONS), theirs)
