"""Acts that cannot be undone, from the proposal to the proof that they came about: what merging and deleting share."""
