"""A customer is deleted at Piggy for good: proposed, approved by another, held, verified; GDPR erases them here too."""
