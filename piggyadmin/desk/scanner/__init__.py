"""Set up a barcode scanner that types like a keyboard, and try it out."""
