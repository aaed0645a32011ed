"""The way in, and the shop's settings."""
