"""Makers of rows by subject: `make` puts them together."""
