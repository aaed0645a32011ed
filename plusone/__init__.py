"""Plusone: LINE commerce in one self-hosted product."""
