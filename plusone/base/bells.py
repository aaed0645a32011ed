"""Bells: PostgreSQL's NOTIFY, heard within milliseconds. A lost one costs a sweep's wait, never an effect."""

import time

import psycopg
from psycopg import sql

from plusone.base import logs

RETRY_SECONDS = 0.5


class Bell:
    """Listens on one channel over a connection of its own, and reconnects when the database was away."""

    def __init__(self, address: str, channel: str) -> None:
        """Connects at the first wait."""
        self._address = address
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> list[str]:
        """What was rung within so many seconds, at once when something was; empty when nothing,
        or while disconnected.
        """
        try:
            connection = self._connect()
            rung = [notify.payload for notify in connection.notifies(timeout=seconds, stop_after=1)]
            rung += [notify.payload for notify in connection.notifies(timeout=0)] if rung else []
            return rung
        except psycopg.Error:
            logs.logger().warning("bell.lost", channel=self._channel)
            self.close()
            time.sleep(min(seconds, RETRY_SECONDS))
            return []

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._address, autocommit=True, connect_timeout=3)
            self._connection.execute(sql.SQL("listen {}").format(sql.Identifier(self._channel)))
        return self._connection
