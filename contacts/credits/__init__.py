"""Award credits, and take them back."""
