"""Pictures as bytes: measured, freed of what they tell about people and cameras, and copied for mail."""

from publisher.ingest.images.clean import BrokenPictureError, CleanPicture, clean_picture
from publisher.ingest.images.mail_copy import RECIPE, mail_ending, make_mail_copy

__all__ = ["RECIPE", "BrokenPictureError", "CleanPicture", "clean_picture", "mail_ending", "make_mail_copy"]
