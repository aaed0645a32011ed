"""The control API: tests and the phone page play people and plant faults (docs/simulator.md)."""
