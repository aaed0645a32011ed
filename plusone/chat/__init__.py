"""What comes in and goes out by LINE: the inbox, the outbox with its sender, quota."""
