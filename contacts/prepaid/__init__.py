"""Prepaid money of a customer: what there is, putting more on it, taking some off, and taking a transaction back."""
