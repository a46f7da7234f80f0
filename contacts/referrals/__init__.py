"""Who brought whom: of one customer, and of the whole account."""
