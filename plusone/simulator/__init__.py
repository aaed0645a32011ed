"""LINE's platform played offline: a process of its own, HTTP only (docs/simulator.md)."""
