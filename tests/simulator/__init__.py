"""The simulator, played over HTTP as its callers play it."""
