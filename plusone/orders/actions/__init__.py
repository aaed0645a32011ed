"""The verbs of orders: take, change, cancel."""
