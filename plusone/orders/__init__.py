"""What a message asks for; taking, changing, paying and shipping orders."""
