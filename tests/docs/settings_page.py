"""docs/settings.md: below its introduction, a table for each section of the settings, drawn from the code."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from publisher.settings import Settings, kinds
from publisher.settings.parts import PREFIX

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
MARK = "<!-- What follows is written by `./run docs` from publisher/settings/parts.py. -->\n"
_HEAD = "| key | value; default | what it is for | variable |\n|---|---|---|---|"
_TOP = "## At the top of the file\n\nAbove the first section."
_WORDS: dict[Any, str] = {
    kinds.Duration: "a duration",
    kinds.Expiry: "a duration",
    kinds.Rate: "a rate",
    kinds.Size: "a size",
    kinds.Zone: "a time zone",
    kinds.Schedule: "a schedule",
    kinds.Language: "a language",
    kinds.Mailbox: "a mail address",
    kinds.Url: "an address",
    kinds.ArticleUrl: "an address",
    kinds.Domain: "a domain",
    kinds.Selector: "a selector",
    kinds.HookUrl: "an address",
    kinds.Command: "a command",
    Path: "a path",
    SecretStr: "text",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "`true` or `false`",
}
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1)))
_SIZES = (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10))


def bring_up_to_date(page: str) -> str:
    """The page with its introduction as it is and its tables anew."""
    introduction, _, _ = page.partition(MARK)
    return introduction + MARK + "".join(f"\n{section}\n" for section in _iter_sections())


def _iter_sections() -> Iterator[str]:
    rows = []
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        part = get_args(hint)[1] if get_origin(hint) is dict else hint
        if isinstance(part, type) and issubclass(part, BaseModel):
            variable = f"{PREFIX}{name.upper()}__" + ("NAME__" if part is not hint else "")
            yield from _draw_sections(part, variable)
        elif name in Settings.model_fields:
            rows.append(_draw_row(Settings, name, PREFIX))
    yield "\n".join([_TOP, "", _HEAD, *rows])


def _draw_sections(part: type[BaseModel], variable: str) -> Iterator[str]:
    """The section, and those inside it."""
    title, _, purpose = (part.__doc__ or "").partition(": ")
    hints = get_type_hints(part)
    inner = [name for name in part.model_fields if isinstance(hints[name], type) and issubclass(hints[name], BaseModel)]
    rows = [_draw_row(part, name, variable) for name in part.model_fields if name not in inner]
    yield "\n".join([f"## {title}", "", purpose[:1].upper() + purpose[1:], "", _HEAD, *rows])
    for name in inner:
        yield from _draw_sections(hints[name], f"{variable}{name.upper()}__")


def _draw_row(part: type[BaseModel], name: str, variable: str) -> str:
    field = part.model_fields[name]
    key = field.alias or name
    hint = get_type_hints(part, include_extras=True)[name]
    value = f"{_spell_kind(hint)}{_spell_limits(field)}; {_spell_default(field, hint)}"
    return f"| `{key}` | {value} | {_get_sentence(part, name)} | `{variable}{key.upper()}` |"


def _get_sentence(part: type[BaseModel], name: str) -> str:
    """What the string below a field says. Raises LookupError where there is none."""
    owner = next(one for one in part.__mro__ if name in vars(one).get("__annotations__", {}))
    body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(body, ast.ClassDef)
    for line, below in pairwise(body.body):
        match line, below:
            case ast.AnnAssign(target=ast.Name(id=found)), ast.Expr(value=ast.Constant(value=str(text))) if (
                found == name
            ):
                return text
    raise LookupError(f"{part.__name__}.{name}: put a string below it that says what it is for")


def _spell_kind(hint: Any) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    if get_origin(hint) is Literal:
        return _spell_choices(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _spell_choices(hint)
    if get_origin(hint) is tuple:
        return "a list"
    return _spell_kind(next(one for one in get_args(hint) if one is not NoneType))


def _spell_choices(choices: Iterable[str]) -> str:
    *first, last = (f"`{choice}`" for choice in choices)
    return f"{', '.join(first)} or {last}"


def _spell_limits(field: FieldInfo) -> str:
    least, most = (_find_limit(field, name) for name in ("ge", "le"))
    return "" if most is None else f" from {least} to {most}"


def _find_limit(field: FieldInfo, name: str) -> Any:
    return next((getattr(one, name) for one in field.metadata if hasattr(one, name)), None)


def _spell_default(field: FieldInfo, hint: Any) -> str:
    if field.is_required():
        return "must be given"
    value = field.default
    if isinstance(value, timedelta):
        return f"`{_spell_duration(value)}`"
    if hint == kinds.Rate and not value:
        return "none"
    if hint == kinds.Size:
        return f"`{_spell_size(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, SecretStr) or value in ("", (), None):
        return "not given"
    return f"`{value}`"


def _spell_duration(value: timedelta) -> str:
    return next(f"{value // unit}{letter}" for letter, unit in _UNITS if not value % unit)


def _spell_size(value: int) -> str:
    return next((f"{value // unit}{letter}" for letter, unit in _SIZES if not value % unit), str(value))
