"""The catalogue keeps nothing of its own; this model only carries its permissions."""

from django.db import models


class CataloguePermissions(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("manage_webhooks", "May subscribe the dashboard to Piggy's events, pause and end it"),
            ("view_programme", "May see the programme: tiers, units, perks, rewards and shops"),
            (
                "view_setup",
                "May see the set-up: forms, automations, attributes, mail, brand kit, referrals",
            ),
            ("view_products", "May see products and categories"),
            ("change_programme", "May make and change units and perks"),
            ("change_reward", "May change rewards"),
            ("change_products", "May find or create, change and delete products and categories"),
            ("change_attributes", "May make and change attributes and their groups"),
        ]
