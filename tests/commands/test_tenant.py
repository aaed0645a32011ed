"""plusone tenant create: a shop out of one line, all of it or nothing."""

import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from plusone.base import scope
from plusone.base.secrets import key_file
from plusone.tenants.models import Channel, Member, Tenant
from tests.commands.run import plusone

LINE = {
    "channel-id": "1650001234",
    "channel-secret": "5" * 32,
    "access-token": "token-of-a-test",
    "login-channel-id": "1650005678",
    "login-channel-secret": "6" * 32,
    "liff-id": "1650005678-AbcdEfgh",
}


def create(slug: str, *more: str, **environment: str) -> "tuple[int, str, str]":
    """Status, output and complaint of `plusone tenant create --json` for this slug."""
    ran = plusone("tenant", "create", "--slug", slug, "--json", *more, **environment)
    return ran.status, ran.out, ran.err


def new_slug() -> str:
    return f"cli-{secrets.token_hex(4)}"


@pytest.mark.usefixtures("database")
def test_it_opens_a_shop_and_prints_what_scripts_need(client: Client) -> None:
    slug = new_slug()
    given = [word for name, value in LINE.items() for word in (f"--{name}", value)]
    place = ["--timezone", "Asia/Tokyo", "--currency", "JPY", "--language", "ja"]
    status, out, _ = create(slug, "--name", "東京 お茶", *place, *given, PLUSONE_URL="https://tea.example/")
    made = json.loads(out)
    assert (status, list(made)) == (0, ["id", "slug", "webhook_url", "api_token", "invite_url"])
    assert (made["slug"], made["webhook_url"]) == (slug, f"https://tea.example/t/{slug}/webhook")
    tenant = Tenant.objects.get(slug=slug)
    assert (tenant.key, tenant.name, tenant.timezone, tenant.currency) == (
        made["id"],
        "東京 お茶",
        "Asia/Tokyo",
        "JPY",
    )
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
    assert (channel.channel_id, channel.login_channel_id, channel.liff_id) == (
        LINE["channel-id"],
        LINE["login-channel-id"],
        LINE["liff-id"],
    )
    assert channel.secrets() == (LINE["channel-secret"],)
    assert (channel.access_token(), channel.login_secret()) == (
        LINE["access-token"],
        LINE["login-channel-secret"],
    )
    bearer = {"Authorization": f"Bearer {made['api_token']}"}
    assert client.get("/api/v1/products", headers=bearer).json() == {"items": [], "next": None}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (["--name", "x" * 121], "--name takes at most 120 characters"),
        (["--name", " "], "--name must not be empty"),
        (["--name", "茶", "--timezone", "Mars/Base"], "--timezone is not a zone"),
        (["--name", "茶", "--currency", "tw"], "--currency takes three capitals"),
        (["--name", "茶", "--channel-id", "1" * 41], "--channel-id: takes at most 40 characters"),
        (["--name", "茶", "--liff-id", "1" * 61], "--liff-id: takes at most 60 characters"),
        (["--name", "茶", "--access-token", "x" * 1001], "--access-token: takes at most 1000 characters"),
        (["--name", "茶", "--channel-secret", "a\nb"], "--channel-secret: takes at most"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_stored(told: list[str], complaint: str) -> None:
    slug = new_slug()
    status, out, err = create(slug, *told)
    assert (status, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err
    assert not Tenant.objects.filter(slug=slug).exists()


def test_a_slug_is_given_once(tenant: Tenant) -> None:
    status, _, err = create(tenant.slug, "--name", "another")
    assert (status, err) == (2, "plusone: this slug is taken\n")


@pytest.mark.usefixtures("database")
def test_beside_a_running_product_the_webhook_is_on_its_port(tmp_path: Path) -> None:
    """A second terminal knows nothing of the PORT that the first one was started with."""
    (tmp_path / "addresses.json").write_text(json.dumps({"PORT": "9310"}))
    (tmp_path / "keys").symlink_to(key_file().parent)
    for environment, port in (({}, "9310"), ({"PORT": "9320"}, "9320")):
        slug = new_slug()
        _, out, _ = create(slug, "--name", "茶", PLUSONE_DATA=str(tmp_path), **environment)
        assert json.loads(out)["webhook_url"] == f"http://127.0.0.1:{port}/t/{slug}/webhook"


def let_in(invite_url: str, client: Client) -> str:
    """Open the link as a stranger does, make an account on its page; where one lands."""
    path = urlsplit(invite_url).path
    assert client.get(path).status_code == 200
    account = {
        "name": "老闆",
        "email": f"{secrets.token_hex(5)}@example.com",
        "password": "a long pass phrase",
    }
    landed = client.post(path, account, follow=True)
    assert landed.status_code == 200
    return str(landed.redirect_chain[-1][0])


@pytest.mark.usefixtures("database")
def test_its_owner_comes_in_by_the_printed_link_once(client: Client) -> None:
    """Without it a shop opened here would have a console that nobody can enter."""
    slug = new_slug()
    made = json.loads(create(slug, "--name", "茶行")[1])
    assert let_in(made["invite_url"], client) == f"/t/{slug}/console/"
    with scope.tenant(Tenant.objects.get(slug=slug).pk):
        assert [member.role for member in Member.objects.all()] == ["owner"]
    assert client.get(f"/t/{slug}/console/settings/").status_code == 200
    assert Client().get(urlsplit(made["invite_url"]).path).status_code == 410


def test_a_link_for_another_person_is_made_later(tenant: Tenant, client: Client) -> None:
    ran = plusone("tenant", "invite", "--slug", tenant.slug, "--role", "manager", "--json")
    assert ran.status == 0
    assert let_in(json.loads(ran.out)["invite_url"], client).startswith(f"/t/{tenant.slug}/console/")
    with scope.tenant(tenant.pk):
        assert [member.role for member in Member.objects.all()] == ["manager"]
    for told, complaint in (
        (("--slug", tenant.slug, "--role", "king"), "the shop has no role “king”"),
        (("--slug", "nobody-here"), "there is no shop “nobody-here”"),
    ):
        refused = plusone("tenant", "invite", *told)
        assert (refused.status, refused.err) == (2, f"plusone: {complaint}\n")
