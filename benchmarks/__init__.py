"""Programs that measure the course, beside named peers."""
