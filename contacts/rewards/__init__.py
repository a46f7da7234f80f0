"""Rewards: which a customer can have, claiming them, handing them over, and taking a claim back."""
