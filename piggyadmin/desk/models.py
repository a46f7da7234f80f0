"""The desk keeps nothing of its own; this model only carries its permissions."""

from django.db import models


class DeskPermissions(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("use_box", "May use the one box")]
