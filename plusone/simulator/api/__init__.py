"""LINE's endpoints."""
