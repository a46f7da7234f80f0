"""Forms, and how the account looks."""

from __future__ import annotations

from .base import Payload


class Form(Payload, frozen=True):
    uuid: str
    name: str | None = None
    status: str | None = None  # PUBLISHED, DRAFT, BIN
    type: str | None = None  # PUBLIC, PRIVATE
    url: str | None = None


class BrandKit(Payload, frozen=True):
    """Everything may be missing. The documentation writes the fourth colour `quarternary`, the SDK `quaternary`."""

    small_logo_url: str | None = None
    large_logo_url: str | None = None
    cover_image_url: str | None = None
    primary_color: str | None = None
    secondary_color: str | None = None
    tertiary_color: str | None = None
    quarternary_color: str | None = None
    quaternary_color: str | None = None
    font_color: str | None = None
    font_family: str | None = None
    description: str | None = None
    corner_theme: str | None = None

    @property
    def fourth_color(self) -> str | None:
        return self.quarternary_color or self.quaternary_color
