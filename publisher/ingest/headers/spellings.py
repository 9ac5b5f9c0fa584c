"""The words that headers use for one thing: our own name first, then those of seven generators, in lower case."""

TITLE = ("title", "linktitle")
DATE = ("date", "publishdate", "publish_date", "pubdate", "pubdatetime", "published_at", "publishedat")
HELD_UNTIL = ("publishdate", "publish_date")
UPDATED = (
    *("updated", "lastmod", "modified", "last_modified_at", "last_modified"),
    *("updateddate", "updated_at", "updatedat", "moddatetime", "last_update.date"),
)
EXPIRES = ("expirydate", "unpublishdate", "expires_at")
ADDRESS = ("permalink", "path", "url")
ALIASES = ("aliases", "alias", "redirect_from")
CATEGORIES = ("category", "categories")
TAGS = ("tags", "tag")
AUTHORS = ("author", "authors")
LANGUAGE = ("language", "lang")
SUMMARY = ("summary", "description", "excerpt")
#: Generators keep these elsewhere than beside the file, so that a missing one is only told.
LEAD_PICTURES = (
    *("images", "heroimage", "cover", "coverimage", "cover_image"),
    *("featured_image", "featuredimage", "thumbnail"),
)
CANONICAL = ("canonical_url", "canonicalurl", "canonical")
RIGHTS = ("rights", "license", "licence", "copyright")
#: Keys that name a media file in podcasts' themes; they stay unknown ones too, for elsewhere they mean other things.
MEDIA_FILES = (
    *("podcast_link", "podcast_file", "podcast_url", "podcast"),
    *("audio_url", "audio_file", "audio", "episode"),
)
#: What stands beside such a key, by what it is.
MEDIA_DETAILS = {
    "length": ("podcast_length", "podcast_bytes", "audio_length", "length"),
    "duration": ("podcast_duration", "audio_duration", "itunes_duration", "duration"),
    "transcript": ("podcast_transcript", "transcript"),
    "transcript_type": ("transcript_type",),
}
#: What stands inside such a key.
MEDIA_PARTS = {
    "url": (*("url", "href", "src", "file", "link", "audio"), *("mp3", "m4a", "aac", "ogg", "opus", "mp4")),
    "type": ("type", "mime_type", "mimetype"),
    "length": ("length", "bytes", "size"),
    "duration": ("duration",),
    "transcript": ("transcript",),
    "transcript_type": ("transcript_type",),
}

#: Tables whose keys stand in for those that the top level lacks: Zola's, Hugo's.
LAYERS = ("extra", "params", "taxonomies")

#: What tells that a seed is no article, beside our own draft and published.
_HIDING = ("status", "unlisted", "headless", "render", "build", "_build", "save_as", "redirect_to")
VISIBILITY = frozenset({*_HIDING, "eleventyexcludefromcollections", "layout"})
MOMENTS = frozenset(DATE + HELD_UNTIL + UPDATED + EXPIRES + ("published", "embargo"))
PICTURES = frozenset(("image", *LEAD_PICTURES))
PLACES = frozenset(("slug", *ADDRESS, *CANONICAL))
MEDIA = frozenset(("enclosure", *MEDIA_FILES))

_ALONE = "slug section draft enclosure correction id last_update keywords"

#: The keys that are read; all others are kept as they are.
READ = frozenset(
    [
        *TITLE + ADDRESS + ALIASES + CATEGORIES + TAGS + AUTHORS + LANGUAGE + SUMMARY + CANONICAL + RIGHTS + LAYERS,
        *MOMENTS | PICTURES | (VISIBILITY - {"layout"}),
        *_ALONE.split(),
    ]
)
#: Those that hold no others: a header of nothing else has nothing unknown.
PLAIN = READ - frozenset(LAYERS)
#: The keys by which a header is told from a text that only looks like one.
KNOWN = (READ - frozenset(RIGHTS)) | {"layout", "type", "weight", "template", "translation"}
