"""The door for programs: the public REST API, version 1."""
