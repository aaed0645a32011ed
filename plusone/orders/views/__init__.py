"""The console's pages about orders, and its first page."""
