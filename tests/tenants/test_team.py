"""The team: invites, roles, removal, over HTTP; and what happens when two do it at once."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE, Actor
from plusone.tenants.actions import roles, team
from plusone.tenants.models import Invite, Member, Role, TeamRole, Tenant, User
from tests import makers
from tests.tenants import browser

ACCOUNT = {"name": "小芳", "password": "a long enough one"}


@pytest.fixture
def owner(tenant: Tenant) -> Client:
    """The shop's owner at the console."""
    return browser.at(tenant)


def post(client: Client, tenant: Tenant, rest: str, **fields: object) -> str:
    """Post a form of the console, follow to the page, return its text."""
    return client.post(browser.path(tenant, rest), fields, follow=True).content.decode()


def link_of(text: str) -> str:
    """The path of the invite link on a page."""
    found = re.search(r"http://testserver(/join/[\w-]+/)", text)
    assert found, text
    return found[1]


def email() -> str:
    """An e-mail nobody has."""
    return f"{makers.user_id()[:16]}@example.com"


def only(tenant: Tenant, *permissions: str) -> str:
    """The code of a new role that may only do this."""
    with scope.tenant(tenant.pk):
        return roles.make(HOUSE, "自訂", permissions).code


def members(tenant: Tenant) -> dict[str, str]:
    """Who is in the team: name to role."""
    with scope.tenant(tenant.pk):
        return dict(Member.objects.values_list("user__name", "role"))


def test_a_link_lets_one_new_person_in_with_its_role(tenant: Tenant, owner: Client) -> None:
    shown = post(owner, tenant, "settings/team/invites", role="manager", note="小芳")
    link = link_of(shown)
    assert 'role="img" aria-label="QR code of the invite"' in shown
    assert "小芳" in owner.get(browser.path(tenant, "settings/team/")).content.decode()
    guest = browser.stranger()
    assert "Join the team of" in guest.get(link).content.decode()
    answer = guest.post(link, {**ACCOUNT, "email": email().upper()})
    assert answer.headers["Location"] == browser.path(tenant)
    assert members(tenant)["小芳"] == "manager"
    assert guest.get(browser.path(tenant)).status_code == 200
    again = browser.stranger().post(link, {**ACCOUNT, "email": email()})
    assert again.status_code == 410
    assert "works once" in again.content.decode()
    assert list(members(tenant).values()).count("manager") == 1


def test_who_has_an_account_signs_in_and_joins(tenant: Tenant, owner: Client) -> None:
    link = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    person = makers.member(makers.shop())
    guest = browser.stranger()
    assert f"/sign-in/?next={link}" in guest.get(link).content.decode()
    signed = guest.post("/sign-in/", {"email": person.user.email, "password": "correct horse", "next": link})
    assert signed.headers["Location"] == link
    assert "Join as" in guest.get(link).content.decode()
    assert guest.post(link).headers["Location"] == browser.path(tenant)
    assert guest.get(browser.path(tenant)).status_code == 200


def test_an_invite_offers_line_where_line_is_set_up(tenant: Tenant, owner: Client, settings: Any) -> None:
    link = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    assert "Join with LINE" not in browser.stranger().get(link).content.decode()
    settings.LINE_LOGIN_CHANNEL_ID = "1"
    assert f"/sign-in/line/?next={link}" in browser.stranger().get(link).content.decode()


def test_who_is_in_the_team_already_uses_no_invite_up(tenant: Tenant, owner: Client) -> None:
    link = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    assert browser.at(tenant, Role.MANAGER).post(link).status_code == 409
    with scope.tenant(tenant.pk):
        assert Invite.objects.open().count() == 1


def test_bad_accounts_are_explained_and_use_no_invite_up(tenant: Tenant, owner: Client) -> None:
    link = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    taken = makers.member(tenant).user.email
    for fields, said in (
        ({**ACCOUNT, "email": taken.upper()}, "an account with this e-mail already"),
        ({**ACCOUNT, "email": email(), "password": "short"}, "at least 10 characters"),
        ({**ACCOUNT, "email": email(), "password": "password123"}, "too common"),
        ({**ACCOUNT, "email": "nonsense"}, "valid email"),
    ):
        answer = browser.stranger().post(link, fields)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    with scope.tenant(tenant.pk):
        assert Invite.objects.open().count() == 1


def test_withdrawn_expired_and_unknown_links_let_nobody_in(tenant: Tenant, owner: Client) -> None:
    first = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    second = link_of(post(owner, tenant, "settings/team/invites", role="staff"))
    with scope.tenant(tenant.pk):
        old, new = Invite.objects.order_by("pk")
        Invite.objects.filter(pk=new.pk).update(expires_at=Now())
    assert "withdrawn" in post(owner, tenant, f"settings/team/invites/{old.pk}/withdrawal")
    for link, said in ((first, "withdrawn"), (second, "not used in time"), ("/join/x/", "No invite has")):
        for answer in (browser.stranger().get(link), browser.at(makers.shop()).post(link)):
            assert answer.status_code in (404, 410)
            assert said in answer.content.decode()
    assert len(members(tenant)) == 1


def test_a_role_is_changed_at_once_and_undone(tenant: Tenant, owner: Client) -> None:
    one = makers.member(tenant, Role.STAFF)
    person = Client()
    person.force_login(one.user)
    products = browser.path(tenant, "products/new")
    assert person.get(products).status_code == 403
    text = post(owner, tenant, f"settings/team/{one.pk}/role", role="manager")
    assert "is now “Manager”" in text
    assert person.get(products).status_code == 200
    undo = re.search(r'hx-post="([^"]*undo=1[^"]*)"', text)
    assert undo
    owner.post(undo[1].replace("&amp;", "&"))
    assert person.get(products).status_code == 403


def test_a_removed_member_is_refused_at_the_next_request(tenant: Tenant, owner: Client) -> None:
    one = makers.member(tenant, Role.MANAGER)
    person = Client()
    person.force_login(one.user)
    assert person.get(browser.path(tenant)).status_code == 200
    assert "no longer in the team" in post(owner, tenant, f"settings/team/{one.pk}/removal")
    assert person.get(browser.path(tenant)).status_code == 403
    assert person.post(browser.path(tenant, "settings/pairing")).status_code == 403


def test_whoever_may_do_little_may_leave_at_least(tenant: Tenant, owner: Client) -> None:
    packer = browser.at(tenant, only(tenant, "orders.see"))
    assert f"/leave/{tenant.slug}/" in packer.get(browser.path(tenant, "orders/")).content.decode()
    assert tenant.name in packer.get(f"/leave/{tenant.slug}/").content.decode()
    assert _count(tenant) == 2
    told = packer.post(f"/leave/{tenant.slug}/", follow=True).content.decode()
    assert "You have left the team" in told
    assert _count(tenant) == 1
    assert packer.get(browser.path(tenant, "orders/")).status_code == 403
    assert packer.get(f"/leave/{tenant.slug}/").status_code == 404
    assert "店員" in owner.get(browser.path(tenant, "settings/history")).content.decode()


def test_the_last_owner_and_strangers_leave_nothing(tenant: Tenant, owner: Client) -> None:
    answer = owner.post(f"/leave/{tenant.slug}/")
    assert answer.status_code == 409
    assert "last owner" in answer.content.decode()
    assert browser.stranger().post(f"/leave/{tenant.slug}/").headers["Location"] == "/sign-in/"
    assert browser.at(makers.shop()).post(f"/leave/{tenant.slug}/").status_code == 404
    assert _count(tenant) == 1


def _count(tenant: Tenant) -> int:
    with scope.tenant(tenant.pk):
        return Member.objects.count()


def test_the_last_owner_stays(tenant: Tenant) -> None:
    boss = makers.member(tenant)
    client = Client(headers={"accept-language": "en"})
    client.force_login(boss.user)
    assert "last owner" in post(client, tenant, f"settings/team/{boss.pk}/role", role="staff")
    assert "last owner" in post(client, tenant, f"settings/team/{boss.pk}/removal")
    assert list(members(tenant).values()) == [Role.OWNER]
    other = makers.member(tenant)
    post(client, tenant, f"settings/team/{boss.pk}/removal")
    assert list(members(tenant).values()) == [Role.OWNER]
    assert "last owner" in refusal(tenant, other)


def refusal(tenant: Tenant, one: Member) -> str:
    """What the member is told who tries to leave."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(one.user)
    return post(client, tenant, f"settings/team/{one.pk}/removal")


def test_nobody_gives_or_takes_more_than_they_have(tenant: Tenant) -> None:
    boss = makers.member(tenant)
    clerk = browser.at(tenant, only(tenant, "team.change", *[f"{area}.see" for area in ("today", "orders")]))
    weak = only(tenant, "orders.see")
    for role in ("owner", "manager", "staff"):
        answer = clerk.post(browser.path(tenant, "settings/team/invites"), {"role": role})
        assert answer.status_code == 422, role
    assert "/join/" in post(clerk, tenant, "settings/team/invites", role=weak)
    post(clerk, tenant, f"settings/team/{boss.pk}/role", role=weak)
    post(clerk, tenant, f"settings/team/{boss.pk}/removal")
    one = makers.member(tenant, weak)
    post(clerk, tenant, f"settings/team/{one.pk}/role", role="owner")
    with scope.tenant(tenant.pk):
        assert Member.objects.get(pk=boss.pk).role == Role.OWNER
        assert Member.objects.get(pk=one.pk).role == weak
        with pytest.raises(team.Refused):
            team.invite(Actor("member", str(one.pk)), weak)


def test_invites_end_with_the_rights_of_who_sent_them(tenant: Tenant, owner: Client) -> None:
    boss = makers.member(tenant)
    with scope.tenant(tenant.pk):
        token = team.invite(Actor("member", str(boss.pk)), Role.OWNER)
    post(owner, tenant, f"settings/team/{boss.pk}/role", role="staff")
    assert browser.at(makers.shop()).post(f"/join/{token}/").status_code == 410


def test_a_role_of_ones_own_is_made_given_edited_and_deleted(tenant: Tenant, owner: Client) -> None:
    text = post(owner, tenant, "settings/roles/new", name="包裝", permissions=["orders.change"])
    assert "包裝" in text
    with scope.tenant(tenant.pk):
        role = TeamRole.objects.get()
    assert role.permissions == ["orders.change", "orders.see"]
    one = makers.member(tenant, role.code)
    packer = Client(headers={"accept-language": "en"})
    packer.force_login(one.user)
    assert packer.get("/").headers["Location"] == browser.path(tenant, "orders/")
    page = packer.get(browser.path(tenant, "orders/")).content.decode()
    assert f'class="door" href="{browser.path(tenant, "orders/")}"' in page
    assert f'class="door" href="{browser.path(tenant, "products/")}"' not in page
    assert packer.get(browser.path(tenant, "products/")).status_code == 403
    post(owner, tenant, f"settings/roles/{role.code}/", name="包裝", permissions=["products.see"])
    assert packer.get(browser.path(tenant, "products/")).status_code == 200
    assert packer.get(browser.path(tenant, "orders/")).status_code == 403
    assert "still has this role" in post(owner, tenant, f"settings/roles/{role.code}/removal")
    post(owner, tenant, f"settings/team/{one.pk}/role", role="staff")
    assert "The role has been deleted" in post(owner, tenant, f"settings/roles/{role.code}/removal")


def test_the_three_roles_are_edited_and_set_back_but_not_the_owners(tenant: Tenant, owner: Client) -> None:
    staff = browser.at(tenant, Role.STAFF)
    post(owner, tenant, "settings/roles/staff/", name="小幫手", permissions=["orders.see"])
    assert staff.get(browser.path(tenant, "customers/")).status_code == 403
    assert "小幫手" in owner.get(browser.path(tenant, "settings/team/")).content.decode()
    post(owner, tenant, "settings/roles/staff/removal")
    assert staff.get(browser.path(tenant, "customers/")).status_code == 200
    assert owner.get(browser.path(tenant, "settings/roles/owner/")).status_code == 404
    empty = owner.post(browser.path(tenant, "settings/roles/staff/"), {"name": "x"})
    assert empty.status_code == 422
    assert "at least one thing" in empty.content.decode()


def test_who_may_manage_by_chat_follows_the_matrix(tenant: Tenant) -> None:
    makers.manager_on_line(tenant)
    boss = makers.manager_on_line(tenant)
    makers.hear(tenant, makers.photo(boss))
    assert products(tenant) == 1
    with scope.tenant(tenant.pk):
        roles.edit(HOUSE, Role.MANAGER, "", ["orders.see"])
    makers.hear(tenant, makers.photo(boss))
    assert products(tenant) == 1


def products(tenant: Tenant) -> int:
    """How many products the shop has."""
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute("select count(*) from plusone_product")
        return int(cursor.fetchone()[0])


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of two look whether an owner is left before either writes, if nothing keeps them apart."""
    both, look = threading.Barrier(2), team._keep_an_owner

    def look_and_wait(member: Member) -> None:
        look(member)
        try:
            both.wait(timeout=1)
        except threading.BrokenBarrierError:
            return

    monkeypatch.setattr(team, "_keep_an_owner", look_and_wait)


def at_once(*deeds: Callable[[], object]) -> None:
    """Do all in threads of their own; refusals are expected."""

    def do(deed: Callable[[], object]) -> None:
        try:
            deed()
        except (team.Refused, team.NotOpen):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def demote_each_other(tenant: Tenant) -> list[str]:
    """Two owners, each takes the other's ownership in the same moment; the roles afterwards."""
    first, second = makers.member(tenant), makers.member(tenant)

    def demote(by: Member, whom: Member) -> None:
        with scope.tenant(tenant.pk):
            team.change_role(Actor("member", str(by.pk)), whom.pk, Role.STAFF)

    at_once(lambda: demote(first, second), lambda: demote(second, first))
    with scope.tenant(tenant.pk):
        return sorted(Member.objects.values_list("role", flat=True))


@pytest.mark.usefixtures("held_up")
def test_two_owners_who_demote_each_other_leave_one(tenant: Tenant) -> None:
    assert demote_each_other(tenant) == [Role.OWNER, Role.STAFF]


@pytest.mark.usefixtures("held_up")
def test_without_the_turn_no_owner_would_be_left(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what the lock is for."""
    monkeypatch.setattr(team, "_turn", lambda: None)
    assert demote_each_other(tenant) == [Role.STAFF, Role.STAFF]


def test_of_many_who_open_one_link_at_once_one_gets_in(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        token = team.invite(HOUSE, Role.STAFF)
    people = [User.objects.create_user(email(), f"客{n}") for n in range(6)]
    at_once(*[lambda user=user: team.accept(token, user) for user in people])
    assert len(members(tenant)) == 1
