"""Ground: scope, events, jobs, numbers, audit, secrets. Knows no product, order or customer."""
