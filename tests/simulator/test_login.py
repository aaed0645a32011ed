"""LINE Login: authorize, codes, tokens, ID tokens, what they are checked with, and how it all ends."""

import jwt
import pytest
from jwt import PyJWKClient

from .conftest import CHANNEL, SECRET, TOKEN, Sim, until
from .signing_in import (
    CALLBACK,
    LOGIN,
    LOGIN_SECRET,
    VERIFIER,
    answer_page,
    asking,
    bearer,
    callback,
    challenge,
    exchange,
    sign_in,
    verify,
)


def test_a_person_signs_in_and_is_who_the_account_knows(login: Sim) -> None:
    given = answer_page(login, "amy")
    assert given["state"] == "s-1"
    tokens = exchange(login, given["code"]).json()
    assert (tokens["expires_in"], tokens["scope"], tokens["token_type"]) == (
        2592000,
        "profile openid",
        "Bearer",
    )
    claims = jwt.decode(tokens["id_token"], LOGIN_SECRET, ["HS256"], audience=LOGIN)
    assert (claims["iss"], claims["sub"], claims["nonce"], claims["name"]) == (
        "https://access.line.me",
        login.user("amy"),
        "n-1",
        "Amy",
    )
    assert verify(login, tokens["id_token"], nonce="n-1", user_id=login.user("amy")).json() == claims
    profile = login.http.get(f"{login.url}/v2/profile", headers=bearer(tokens["access_token"])).json()
    assert profile == {"userId": login.user("amy"), "displayName": "Amy"}
    info = login.http.get(f"{login.url}/oauth2/v2.1/userinfo", headers=bearer(tokens["access_token"])).json()
    assert info == {"sub": login.user("amy"), "name": "Amy"}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "UNSUPPORTED_RESPONSE_TYPE"),
        ({"state": ""}, "INVALID_REQUEST"),
        ({"scope": "chat"}, "INVALID_SCOPE"),
        ({"scope": "email"}, "INVALID_SCOPE"),
        ({"code_challenge": "x"}, "INVALID_REQUEST"),
        ({"prompt": "none"}, "LOGIN_REQUIRED"),
        ({"prompt": "maybe"}, "INVALID_REQUEST"),
    ],
)
def test_what_is_asked_wrongly_goes_back_to_the_app(login: Sim, more: dict[str, str], error: str) -> None:
    response = login.http.get(f"{login.url}/oauth2/v2.1/authorize", params=asking(**more))
    assert response.headers["location"].startswith(CALLBACK)
    assert callback(response)["error"] == error


@pytest.mark.parametrize(
    "more",
    [{"client_id": "1"}, {"redirect_uri": CALLBACK + ".evil"}, {"redirect_uri": "https://evil.example/"}],
)
def test_nobody_is_sent_to_an_unknown_place(login: Sim, more: dict[str, str]) -> None:
    response = login.http.get(f"{login.url}/oauth2/v2.1/authorize", params=asking(**more))
    assert response.status_code == 400
    assert "location" not in response.headers


def test_the_page_shows_the_cast_in_three_languages(login: Sim) -> None:
    for tag, words in (
        ("zh-TW", "你在 LINE 上是誰"),
        ("ja", "LINEでのあなたは"),
        ("en", "Who are you at LINE"),
    ):
        page = login.http.get(f"{login.url}/oauth2/v2.1/authorize", params=asking(ui_locales=tag)).text
        assert words in page
        assert "老闆 Lin" in page


def test_a_refusal_and_a_later_silent_sign_in(login: Sim) -> None:
    refused = answer_page(login, answer="refuse")
    assert (refused["error"], refused["state"]) == ("ACCESS_DENIED", "s-1")
    answer_page(login, "kenta")
    silent = callback(login.http.get(f"{login.url}/oauth2/v2.1/authorize", params=asking(prompt="none")))
    tokens = exchange(login, silent["code"]).json()
    assert jwt.decode(tokens["id_token"], LOGIN_SECRET, ["HS256"], audience=LOGIN)["name"] == "健太"
    more = asking(prompt="none", scope="profile openid email")
    assert callback(login.http.get(f"{login.url}/oauth2/v2.1/authorize", params=more))["error"] == (
        "INTERACTION_REQUIRED"
    )


def test_another_sites_form_is_not_an_answer(login: Sim) -> None:
    url, data = f"{login.url}/oauth2/v2.1/authorize", {"person": "amy", "answer": "allow"}
    other = {"origin": "https://evil.example"}
    assert login.http.post(url, params=asking(), data=data, headers=other).status_code == 403


def test_a_code_works_once_even_when_it_failed(login: Sim) -> None:
    code = answer_page(login)["code"]
    wrong = exchange(login, code, redirect_uri=CALLBACK + "2")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert exchange(login, code).json()["error_description"] == "invalid authorization code"
    assert exchange(login, answer_page(login)["code"], client_secret="x").json()["error"] == "invalid_client"


def test_a_code_lives_ten_minutes(login: Sim) -> None:
    young, old = answer_page(login)["code"], answer_page(login)["code"]
    login.advance(599)
    assert exchange(login, young).status_code == 200
    login.advance(2)
    assert exchange(login, old).status_code == 400


def test_a_challenge_needs_its_verifier(login: Sim) -> None:
    more = {"code_challenge": challenge(), "code_challenge_method": "S256"}
    assert exchange(login, answer_page(login, **more)["code"]).json()["error"] == "invalid_grant"
    wrong = exchange(login, answer_page(login, **more)["code"], code_verifier="w" * 43)
    assert wrong.json()["error_description"] == "invalid code_verifier"
    assert exchange(login, answer_page(login, **more)["code"], code_verifier=VERIFIER).status_code == 200


def test_es256_on_request_is_checked_with_the_published_keys(login: Sim) -> None:
    tokens = exchange(login, answer_page(login)["code"], id_token_key_type="JWK").json()
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "ES256"
    key = PyJWKClient(f"{login.url}/oauth2/v2.1/certs").get_signing_key_from_jwt(tokens["id_token"])
    claims = jwt.decode(
        tokens["id_token"], key.key, ["ES256"], audience=LOGIN, issuer="https://access.line.me"
    )
    assert claims["sub"] == login.user("amy")
    assert verify(login, tokens["id_token"]).status_code == 200


def test_verifying_tells_what_is_wrong_in_lines_words(login: Sim) -> None:
    token = sign_in(login)["id_token"]
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, "HS256")
    stranger = jwt.encode({**claims, "iss": "https://evil.example"}, LOGIN_SECRET, "HS256")
    unsigned = jwt.encode(claims, "", "none")
    for bad in ("x", f"{head}.{body}.", forged, unsigned, f"{head}.{body}.{signature[::-1]}"):
        assert verify(login, bad).json()["error_description"] == "Invalid IdToken."
    assert verify(login, stranger).json()["error_description"] == "Invalid IdToken Issuer."
    assert verify(login, token, client_id="1").json()["error_description"] == "Invalid IdToken Audience."
    assert verify(login, token, nonce="n-2").json()["error_description"] == "Invalid IdToken Nonce."
    subject = verify(login, token, user_id=login.user("kenta")).json()
    assert subject["error_description"] == "Invalid IdToken Subject Identifier."
    login.advance(3601)
    assert verify(login, token).json()["error_description"] == "IdToken expired."


def test_access_tokens_are_verified_refreshed_and_revoked(login: Sim) -> None:
    tokens = sign_in(login)
    url = f"{login.url}/oauth2/v2.1/verify?access_token="
    verified = login.http.get(url + tokens["access_token"]).json()
    assert verified == {"scope": "profile openid", "client_id": LOGIN, "expires_in": verified["expires_in"]}
    assert verified["expires_in"] > 2591000
    client = {"client_id": LOGIN, "client_secret": LOGIN_SECRET}
    asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **client}
    fresh = login.http.post(f"{login.url}/oauth2/v2.1/token", data=asked).json()
    assert fresh["refresh_token"] == tokens["refresh_token"]
    assert "id_token" not in fresh
    ended = {"access_token": tokens["access_token"], **client}
    assert login.http.post(f"{login.url}/oauth2/v2.1/revoke", data=ended).status_code == 200
    assert login.http.get(url + tokens["access_token"]).json()["error_description"] == "access token revoked"
    assert login.http.post(f"{login.url}/oauth2/v2.1/token", data=asked).json()["error"] == "invalid_grant"
    login.advance(30 * 24 * 3600 + 1)
    assert login.http.get(url + fresh["access_token"]).json()["error_description"] == "access token expired"
    assert login.http.get(f"{login.url}/v2/profile", headers=bearer(fresh["access_token"])).status_code == 401


def test_a_scope_that_was_not_granted_is_not_given(login: Sim) -> None:
    tokens = sign_in(login, scope="openid")
    assert "name" not in jwt.decode(tokens["id_token"], LOGIN_SECRET, ["HS256"], audience=LOGIN)
    assert (
        login.http.get(f"{login.url}/v2/profile", headers=bearer(tokens["access_token"])).status_code == 403
    )
    with_mail = sign_in(login, scope="openid email")
    assert with_mail["scope"] == "openid"
    assert jwt.decode(with_mail["id_token"], LOGIN_SECRET, ["HS256"], audience=LOGIN)["email"] == (
        "amy@example.com"
    )


def test_the_linked_account_is_offered_as_a_friend(login: Sim) -> None:
    login.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "none"})
    tokens = sign_in(login, "amy")
    flag = f"{login.url}/friendship/v1/status"
    assert login.http.get(flag, headers=bearer(tokens["access_token"])).json() == {"friendFlag": False}
    assert answer_page(login, "amy", bot_prompt="normal")["friendship_status_changed"] == "true"
    assert login.http.get(flag, headers=bearer(tokens["access_token"])).json() == {"friendFlag": True}
    assert answer_page(login, "amy", bot_prompt="normal")["friendship_status_changed"] == "false"


def test_before_publishing_only_testers_come_in(login: Sim) -> None:
    login.call("PATCH", f"login-channels/{LOGIN}", {"published": False, "testers": ["lin"]})
    url, data = f"{login.url}/oauth2/v2.1/authorize", {"person": "amy", "answer": "allow"}
    assert login.http.post(url, params=asking(), data=data).status_code == 400
    assert "code" in answer_page(login, "lin")


def test_another_provider_gives_another_user_id(login: Sim) -> None:
    other = {"id": "2000000102", "name": "x", "secret": LOGIN_SECRET, "provider": "other"}
    login.call("POST", "login-channels", other | {"callbacks": [CALLBACK]})
    code = answer_page(login, client_id="2000000102")["code"]
    token = exchange(login, code, client_id="2000000102").json()["id_token"]
    claims = jwt.decode(token, LOGIN_SECRET, ["HS256"], audience="2000000102")
    assert claims["sub"] != login.user("amy")
    assert login.line("GET", f"profile/{claims['sub']}").status_code == 404


def test_consent_taken_back_ends_all_tokens(login: Sim) -> None:
    tokens = sign_in(login)
    asked = {"grant_type": "client_credentials", "client_id": LOGIN, "client_secret": LOGIN_SECRET}
    channel = login.http.post(f"{login.url}/oauth2/v3/token", data=asked).json()["access_token"]
    body = {"userAccessToken": tokens["access_token"]}
    gone = login.http.post(f"{login.url}/user/v1/deauthorize", json=body, headers=bearer(channel))
    assert gone.status_code == 204
    assert (
        login.http.get(f"{login.url}/v2/profile", headers=bearer(tokens["access_token"])).status_code == 401
    )
    assert login.line("GET", "info", token=channel).status_code == 401


def test_faults_and_the_journal_know_of_login(login: Sim) -> None:
    code = answer_page(login)["code"]
    login.fault("error_before", endpoints=["login"], times=1)
    assert exchange(login, code).status_code == 500
    assert exchange(login, code).status_code == 200
    seen = login.call("GET", "requests")["requests"]
    assert [entry["status"] for entry in seen if entry["endpoint"] == "login"] == [500, 200]


def test_an_account_without_login_stays_as_it_was(sim: Sim) -> None:
    assert sim.call("GET", "world")["login_channels"] == []
    account = {"channel_id": CHANNEL, "secret": SECRET, "access_token": TOKEN, "name": "小鋪"}
    wrong = account | {"login_channel_id": CHANNEL, "login_channel_secret": "x"}
    assert sim.call("POST", "seed", wrong, 400)["detail"] == {"field": "login_channel_id"}
    assert until(lambda: sim.line("GET", "info").status_code == 200)
