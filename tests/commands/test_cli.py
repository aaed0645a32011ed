"""What the command line answers before any command has begun."""

import pytest

from tests.commands.run import plusone


@pytest.mark.parametrize("word", ["doctor", "migrate", "up", "demo"])
@pytest.mark.parametrize(
    "address", ["mysql://root@127.0.0.1/shop", "host=127.0.0.1 dbname=shop", "plusone.db"]
)
def test_a_database_that_is_no_postgresql_is_said_in_a_line(word: str, address: str) -> None:
    ran = plusone(word, DATABASE_URL=address)
    told = "plusone: DATABASE_URL must look like postgresql://plusone:…@host:5432/plusone\n"
    assert (ran.status, ran.err) == (2, told)


@pytest.mark.parametrize("port", ["", "abc", "0", "65535", "99999", "-1", "８０００"])
def test_a_port_that_is_none_is_said_in_a_line(port: str) -> None:
    ran = plusone("demo", PORT=port)
    assert (ran.status, ran.err) == (2, f"plusone: PORT must be a number from 1 to 65534, not “{port}”\n")
