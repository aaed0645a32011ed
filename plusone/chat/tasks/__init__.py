"""Chat's work for later: the sender's loop, what is fetched from LINE."""
