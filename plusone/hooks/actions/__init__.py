"""What is done with the events that were kept."""
