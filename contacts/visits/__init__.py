"""Visits of a customer: listed, made and changed."""
