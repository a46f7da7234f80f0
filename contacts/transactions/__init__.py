"""The loyalty transactions of a shop, or of all."""
