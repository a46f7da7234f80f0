"""What the walk of tests/test_wild.py goes by: the values it throws, and the forms it finds on a page."""
