"""What tests of orders ask for."""

from tests.chat.conftest import line

__all__ = ["line"]
