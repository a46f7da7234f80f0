"""Bookings made, edited or imported here: Piggy can neither list nor read them."""
