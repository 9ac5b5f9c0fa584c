"""MDX as Markdown: imports, exports, components and expressions are taken out and named; their text stays."""

import re
from html import escape

from publisher.ingest.dialects import embeds
from publisher.ingest.dialects.marks import ITEM, Mark, Spans, find_code, next_block
from publisher.ingest.dialects.shortcodes import Expanded

_MOST_NOTES = 50
_LONGEST = 10_000  # letters of one tag, expression or import
_MOST_ENDLESS = 50  # of these, before what else begins like one is taken for text: each look for an end costs
_STARTS = re.compile(
    r"(?P<code>`+)"
    r"|(?P<formula>\$\$?)"
    r"|(?P<escaped>\\[{<])"
    r"|(?P<expression>\{)"
    r"|(?P<tag></?(?P<name>[A-Za-z][\w.:-]*)?(?=[\s/>{]))"
    r"|^(?P<module>(?:import[ \t]+(?:[\"'{*]|[\w$]+[ \t]*(?:,|from\b))"
    r"|export[ \t]+(?:default\b|const\b|let\b|var\b|function\b|async\b|class\b|\{|\*)))",
    re.M,
)
_IMPORTED = re.compile(r"""import[ \t]+([\w$]+)[ \t]+from[ \t]+["']([^"'\n]+)["']""")
_BRACKETS = re.compile(r"""[{}]|"[^"\n]*"|'[^'\n]*'|`[^`]*`|/\*|>|\n[ \t]*\n""")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:-]*)(?:=("[^"]*"|'[^']*'|\{[^{}]*\}))?""")
_REQUIRED = re.compile(r"""require\(\s*["']([^"']+)["']\s*\)(?:\.default)?""")
_STRING = re.compile(r"""(["'`])((?:(?!\1)[^$])*)\1""")
_END_OF_SUMMARY = re.compile(r"/\*\s*(?:<!--\s*)?truncate\s*(?:-->\s*)?\*/")
_LABELS = ("label", "title", "summary")


def strip_mdx(text: str, *, first_line: int = 1) -> Expanded:
    """The Markdown of an MDX text, and the names of what was left out; nothing of it is run.

    Pictures that a component shows stay, as do the labels of tabs; `{/* truncate */}` becomes `<!-- truncate -->`.
    """
    work = _Work(text, line=first_line)
    return Expanded(_dedent(work.strip()), tuple(work.notes.values()))


class _Work:
    """One text on its way through."""

    def __init__(self, text: str, *, line: int) -> None:
        self._text, self._line, self._counted = text, line, 0
        self._spans = Spans(text)
        self._imported: dict[str, str] = {}
        self._endless = 0
        self.notes: dict[str, str] = {}

    def strip(self) -> str:
        """The text without what is no Markdown."""
        code = find_code(self._text, is_indented=False)
        pieces: list[str] = []
        at = 0
        while found := _STARTS.search(self._text, at):
            block = next_block(code, found.start())
            if block and block[0] <= found.start():
                drawn, end = self._text[found.start() : block[1]], block[1]
            else:
                drawn, end = self._read(found)
            pieces += [self._text[at : found.start()], drawn]
            at = end
        return "".join([*pieces, self._text[at:]])

    def _read(self, found: re.Match[str]) -> tuple[str, int]:
        """What stands instead of what begins here, and where that ends."""
        end = self._find_end(found)
        whole = self._text[found.start() : end]
        match found.lastgroup if found.lastgroup != "name" else "tag":
            case "module":
                self._imported.update(_IMPORTED.findall(whole))
                return self._leave_out(whole.split(maxsplit=1)[0], found.start()), end
            case "expression" if end > found.end():
                return self._draw_expression(whole, found.start()), end
            case "tag" if end > found.end():
                return self._draw_tag(whole, found["name"] or "", found.start()), end
        return whole, end

    def _find_end(self, found: re.Match[str]) -> int:
        match found.lastgroup:
            case "code":
                return self._spans.end_of(found)
            case "formula":
                return _end_of_formula(self._text, found)
            case "escaped":
                return found.end()
            case "module":
                return _balance(self._text, found.start(), until="\n")
        if self._endless > _MOST_ENDLESS:
            return found.end()
        end = _balance(self._text, found.start(), until="}" if found.lastgroup == "expression" else ">")
        self._endless += end <= found.end()
        return max(end, found.end())

    def _draw_expression(self, whole: str, start: int) -> str:
        inner = whole[1:-1].strip()
        if inner.startswith("#"):
            return whole  # a heading's own id
        if _END_OF_SUMMARY.fullmatch(inner):
            return "<!-- truncate -->"
        if not inner or inner.startswith("/*"):
            return ""
        if literal := _STRING.fullmatch(inner):
            return escape(literal[2], quote=False)
        return self._leave_out("{" + inner.split("\n")[0][:40] + "}", start)

    def _draw_tag(self, whole: str, name: str, start: int) -> str:
        is_component = not name or name[0].isupper() or "." in name
        if not is_component and "{" not in whole:
            return whole
        values = self._read_attributes(whole[len(name) + 1 :])
        if not is_component:
            written = "".join(f' {key}="{escape(value)}"' for key, value in values.items())
            return f"<{name}{written}>"
        if whole.startswith("</") or not name:
            return ""
        drawer = embeds.EMBEDS.get(name.lower(), embeds.draw_figure)
        drawn = drawer(Mark(opening="{{<", name=name, named=values))
        if drawn is not None:
            return drawn
        label = next((values[key] for key in _LABELS if values.get(key)), "")
        left_out = self._leave_out(f"<{name}>", start)
        return f"\n\n**{label}**\n\n" if label else left_out

    def _read_attributes(self, written: str) -> dict[str, str]:
        """The attributes that are texts, or name a picture that was imported."""
        found: dict[str, str] = {}
        for key, value in _ATTRIBUTE.findall(written):
            inner = value[1:-1].strip()
            if value[:1] == "{":
                required, literal = _REQUIRED.fullmatch(inner), _STRING.fullmatch(inner)
                inner = required[1] if required else literal[2] if literal else self._imported.get(inner, "")
            if inner:
                found.setdefault(key.lower(), inner)
        return found

    def _leave_out(self, label: str, start: int) -> str:
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        if len(self.notes) < _MOST_NOTES:
            self.notes.setdefault(label, f"{label} in line {self._line} was left out")
        return ""


def _balance(text: str, start: int, *, until: str) -> int:
    """Where a tag (`until` its >), an expression (its }) or an import (an empty line) ends; `start` + 1 where nowhere.

    Braces are counted, and what stands in quotes is passed over.
    """
    depth, stop = 0, min(len(text), start + _LONGEST)
    at = start
    while found := _BRACKETS.search(text, at, stop):
        sign, at = found[0], found.end()
        if sign == "/*":
            closed = text.find("*/", at, stop)
            at = closed + 2 if closed >= 0 else stop
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if until == "}" and depth == 0:
                return at
        elif (sign == ">" and until == ">" and depth <= 0) or (sign[0] == "\n" and until == "\n" and depth <= 0):
            return at
    return stop if until == "\n" else start + 1


def _end_of_formula(text: str, found: re.Match[str]) -> int:
    """Where the formula in dollars ends that may begin here; right behind the dollars where none does."""
    dollars = found[0]
    end = text.find(dollars, found.end(), found.end() + _LONGEST)
    inside = text[found.end() : end] if end >= 0 else ""
    is_formula = inside != "" and "\n\n" not in inside
    if dollars == "$":
        is_formula = is_formula and not inside[0].isspace() and not inside[-1].isspace() and "\n" not in inside
    return end + len(dollars) if is_formula else found.end()


_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})")


def _dedent(text: str) -> str:
    """The text in which no line is code because it stood indented in a component, which MDX allows."""
    lines, fence, pad, in_list = [], "", 0, False
    for line in text.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            lines.append(line[min(pad, len(line) - len(line.lstrip())) :])
            fence = "" if opened and opened[2].startswith(fence) and not line.strip().strip(fence[0]) else fence
            continue
        if line.strip() and not line.startswith((" ", "\t")):
            in_list = ITEM.match(line) is not None
        if opened:
            fence, pad = opened[2], 0 if in_list else len(opened[1])
            line = line[pad:]
        elif line.startswith(("    ", "\t")) and not in_list:
            line = line.lstrip()
            in_list = in_list or ITEM.match(line) is not None
        lines.append(line)
    return "\n".join(lines)
