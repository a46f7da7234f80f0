"""Find a contact and show what Piggy knows of them."""
