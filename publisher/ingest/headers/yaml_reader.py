"""YAML for headers: every scalar is a string, a key stands once, endless nesting and repetition are refused."""

import re
from typing import Any

import yaml

_MAX_DEPTH = 20
_MAX_NODES = 10_000
_MAX_OPENERS = 200
# libyaml's composer recurses in C: thousands of these would end the process before our own limit is asked.
_DEEP_LINE = re.compile(r"(?:[-?:][ \t]+){20}")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_QUOTES = 'put quotes around the value, as in title: "…"'
_MENDS = (
    ("mapping values are not allowed", f"a colon stands inside a value, or a line is indented too far: {_QUOTES}"),
    ("cannot start any token", f"a value can't begin like this: {_QUOTES}, and indent with spaces, not tabs"),
    ("while scanning a quoted scalar", "a quotation mark is opened and not closed"),
    ("did not find expected key", f"something stands after a closing quotation mark: {_QUOTES}"),
    (
        "could not find expected ':'",
        "a line has no colon: write key: value, and indent what goes on from above",
    ),
    ("flow sequence", "a [ is not closed by ]"),
    ("flow mapping", "a { is not closed by }: or put quotes around the value"),
    ("undefined alias", f"a value can't begin with *: {_QUOTES}"),
    ("block sequence entries", "a list begins on the line below its key"),
)


class YamlProblem(Exception):  # noqa: N818 - told to the person as part of a SeedError
    """Why a header is no YAML of ours; `line` counts from 0."""

    def __init__(self, reason: str, line: int) -> None:
        self.line = line
        super().__init__(reason)


def read_yaml(source: str) -> tuple[Any, dict[str, int]]:
    """The value of one document, and the line (from 0) where each key, lower case, first stands. Raises YamlProblem."""
    if source.count("[") + source.count("{") > _MAX_OPENERS or _DEEP_LINE.search(source):
        raise YamlProblem("nested too deeply", 0)
    try:
        node = _Loader(source).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise YamlProblem(_say(error), _line_of(error)) from error
    except yaml.YAMLError as error:
        raise YamlProblem("a character that YAML does not allow", 0) from error
    reader = _Reader()
    return reader.read(node, 0), reader.lines


def _say(error: yaml.MarkedYAMLError) -> str:
    told = f"{error.context} {error.problem}"
    return next((mend for part, mend in _MENDS if part in told), str(error.problem))


def _line_of(error: yaml.MarkedYAMLError) -> int:
    begun_there = error.context in ("while scanning a quoted scalar", "while scanning a simple key")
    mark = error.context_mark if begun_there else error.problem_mark
    return mark.line if mark else 0


class _Loader(yaml.CBaseLoader):
    """Looks for no types: every scalar is a string here."""

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """No path has a type of its own."""

    def ascend_resolver(self) -> None:
        """Nothing to leave."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        """One tag for all: nobody asks for it."""
        return self.DEFAULT_SCALAR_TAG


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._left = _MAX_NODES

    def read(self, node: yaml.Node | None, depth: int) -> Any:
        if node is None:
            return None
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            raise YamlProblem("nested too deeply, or repeated by aliases without end", node.start_mark.line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, depth + 1) for child in node.value]
        is_plain = isinstance(node, yaml.ScalarNode) and not node.style
        return None if is_plain and node.value in _NULLS else node.value

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line
            if not isinstance(key, str):
                raise YamlProblem("a key must be a word", line)
            if key in values:
                raise YamlProblem(f"{key!r} stands in it twice", line)
            self.lines.setdefault(key.lower(), line)
            values[key] = self.read(value_node, depth + 1)
        return values
