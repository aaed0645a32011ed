"""The console's pages about customers."""
