"""Products, their variants, the stock ledger, pictures."""
