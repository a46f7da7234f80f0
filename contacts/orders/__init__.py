"""Orders of the tills: found by their number, and what a purchase would earn."""
