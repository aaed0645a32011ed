"""The passphrase over an archive's secrets: from the environment, or typed."""

import getpass
import os
import sys


def passphrase(*, twice: bool = False) -> str:
    """PLUSONE_PASSPHRASE, or what is typed; exits when it is empty or differs the second time."""
    given = os.environ.get("PLUSONE_PASSPHRASE", "")
    if given:
        return given
    typed = getpass.getpass("Passphrase: ")
    if not typed or (twice and getpass.getpass("Once more: ") != typed):
        print("plusone: the passphrase was empty, or not the same twice", file=sys.stderr)
        raise SystemExit(2)
    return typed
