"""Runs several programs as one: in order, with one output, one Ctrl-C, and nobody left behind."""

from plusone.supervisor.children import Child
from plusone.supervisor.loop import run
from plusone.supervisor.ports import free_port, port_taken_by
from plusone.supervisor.scene import Ground
from plusone.supervisor.state import pids

__all__ = ["Child", "Ground", "free_port", "pids", "port_taken_by", "run"]
