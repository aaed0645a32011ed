"""What buyers send, read without trust."""
