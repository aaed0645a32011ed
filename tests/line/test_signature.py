from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator

from plusone.line import signature

# LINE's documentation, "Verify webhook signature".
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_lines_own_example() -> None:
    assert signature.sign(BODY, SECRET) == SIGNATURE
    assert signature.verify(BODY, SIGNATURE, [SECRET])


def test_either_secret_verifies_during_a_rotation() -> None:
    assert signature.verify(BODY, SIGNATURE, ["the new one", SECRET])
    assert signature.verify(BODY, SIGNATURE, [SECRET, "the new one"])


def test_nothing_else_verifies() -> None:
    assert not signature.verify(BODY, SIGNATURE, [])
    assert not signature.verify(BODY, SIGNATURE, ["another"])
    assert not signature.verify(BODY + b" ", SIGNATURE, [SECRET])
    assert not signature.verify(BODY, SIGNATURE.lower(), [SECRET])
    for bad in (None, "", "簽章", "\ud800", SIGNATURE + "=", SIGNATURE[:-1]):
        assert not signature.verify(BODY, bad, [SECRET])


def test_a_blank_secret_signs_nothing() -> None:
    assert not signature.verify(BODY, signature.sign(BODY, ""), [""])


@given(st.text(), st.text(min_size=1))
def test_the_sdk_agrees(body: str, secret: str) -> None:
    made = signature.sign(body.encode("utf-8", "replace"), secret.encode("utf-8", "replace").decode())
    clean_body = body.encode("utf-8", "replace").decode()
    clean_secret = secret.encode("utf-8", "replace").decode()
    assert SignatureValidator(clean_secret).validate(clean_body, made)
