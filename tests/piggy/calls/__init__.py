"""The operations of the client by subject: `operations` puts them together."""
