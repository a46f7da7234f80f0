"""What lies at a time, in the zone of a shop: bookings and visits."""
