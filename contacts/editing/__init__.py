"""Create contacts, change their attributes and subscriptions."""
