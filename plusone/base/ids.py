"""Ids that strangers see."""

import secrets


def new_public_id() -> str:
    """An id that cannot be guessed, for buttons and links: 96 random bits in 16 characters."""
    return secrets.token_urlsafe(12)
