"""What buyers do."""
