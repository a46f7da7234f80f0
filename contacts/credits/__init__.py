"""Award credits, and take awards back."""
