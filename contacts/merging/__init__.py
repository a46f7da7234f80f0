"""Two contacts of one person become one at Piggy, for good: proposed, proved, approved by another, held, verified."""
