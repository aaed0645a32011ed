"""The console's pages about products."""
