"""The door for machines: LINE's webhooks come in here, are kept, and are answered lane by lane."""
