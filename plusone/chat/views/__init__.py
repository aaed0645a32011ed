"""How messages are worded, and the pages about them."""
