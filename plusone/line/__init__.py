"""The door out to LINE: signatures, the wire client, messages, events. No tables, no settings."""
