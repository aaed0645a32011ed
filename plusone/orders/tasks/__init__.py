"""Work on orders for later."""
