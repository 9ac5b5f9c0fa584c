"""Templates and their languages: the only home of Jinja2 and of the catalogues."""

from publisher.templating.filters import direction, name_language
from publisher.templating.languages import find_locale, list_languages, spoken, translate
from publisher.templating.templates import Templates

__all__ = ["Templates", "direction", "find_locale", "list_languages", "name_language", "spoken", "translate"]
