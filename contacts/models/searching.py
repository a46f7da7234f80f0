"""What search knows besides the copy itself."""

from django.db import models


class NamePiece(models.Model):
    """A word of somebody's name, or the first letters of one: what a name typed with a slip is compared with."""

    piece = models.CharField(max_length=32, primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.piece
