"""What each format's reader gives, and what it raises."""

from dataclasses import dataclass


class BrokenPictureError(ValueError):
    """No picture, or one that ends too early; the message says which, fit for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPicture:
    """A picture's bytes without what it tells of people, places and cameras; width and height in pixels as shown.

    `is_turned`: it is kept in another orientation than it is shown in.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    is_animated: bool = False
    is_see_through: bool = False
    is_turned: bool = False


def cut_short() -> BrokenPictureError:
    """The error for a picture whose end is missing."""
    return BrokenPictureError("the picture ends too early: copy or save it again")


def damaged() -> BrokenPictureError:
    """The error for a picture whose parts are not where they must be."""
    return BrokenPictureError("the picture is damaged: copy or save it again")


def sizeless() -> BrokenPictureError:
    """The error for a picture that is nothing wide or high."""
    return BrokenPictureError("the picture says no size: save it again")
