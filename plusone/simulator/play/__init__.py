"""What people do: talk, add and block accounts, come and go in groups."""
