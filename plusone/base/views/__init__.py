"""Pages that belong to no area."""
