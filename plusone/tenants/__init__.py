"""A tenant (租戶): a shop as a whole, its people, its LINE official account, its tokens."""
