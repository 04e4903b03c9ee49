"""Reads `-Filter` and `$filter`: OPATH, the query language of recipients.  Pure.

Comparisons `Property -eq|-ne|-gt|-ge|-lt|-le|-like|-notlike value`, joined by `-and` and `-or`,
turned round by `-not` or `!`, grouped by parentheses; the hyphens may be left out, as in OData.
`-and` binds tighter than `-or`.  From Microsoft's "Filters in Exchange Online PowerShell"; which
of the two joints binds tighter is a guess.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.exchange.failures import bad_request
from emulator.exchange.opathvalues import holds, wanted_of

Predicate = Callable[[Mapping[str, object]], bool]

_DEEPEST = 50
"""How many parentheses and negations may stand inside each other; a guess."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<not>!|-?not\b)|(?P<joint>-?(?:and|or)\b)
    |(?P<operator>-?(?:eq|ne|gt|ge|lt|le|like|notlike)\b)
    |(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<word>[^\s()'"!]+))""",
    re.IGNORECASE | re.VERBOSE,
)


def predicate(text: str, properties: Mapping[str, object]) -> Predicate:
    """Return whether a row fits the filter *text*; *properties* shows which names exist.

    Raises:
        RefusedError: the filter is not one, names no property, or compares a truth with no truth.
    """
    reader = _Reader(text=text, properties={name.lower(): name for name in properties})
    reader.tokens = _tokens(text)
    fits = reader.either(0)
    if reader.peek.kind != "end":
        raise _invalid(text, reader.peek.position)
    truths = {name for name, value in properties.items() if isinstance(value, bool)}
    for name, value, position in reader.compared:
        if name in truths and value is not None and value.lower() not in {"true", "false"}:
            raise _unconverted(text, value, position)
    return fits


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _invalid(text, position + len(text[position:]) - len(text[position:].lstrip()))
        kind = match.lastgroup
        found.append(_Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return [*found, _Token("end", "", end)]


@dataclass(slots=True)
class _Reader:
    """Goes over the tokens of one filter, one method a rule of the grammar."""

    text: str
    properties: Mapping[str, str]
    tokens: list[_Token] = field(default_factory=list)
    compared: list[tuple[str, str | None, int]] = field(default_factory=list)
    _next: int = 0

    @property
    def peek(self) -> _Token:
        return self.tokens[self._next]

    def take(self, *kinds: str) -> _Token:
        token = self.peek
        if token.kind not in kinds:
            raise _invalid(self.text, token.position)
        self._next += 1
        return token

    def either(self, depth: int) -> Predicate:
        tests = [self.together(depth)]
        while self._is_joint("or"):
            self.take("joint")
            tests.append(self.together(depth))
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def together(self, depth: int) -> Predicate:
        tests = [self.single(depth)]
        while self._is_joint("and"):
            self.take("joint")
            tests.append(self.single(depth))
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def single(self, depth: int) -> Predicate:
        if depth > _DEEPEST:
            raise _invalid(self.text, self.peek.position)
        if self.peek.kind == "not":
            self.take("not")
            test = self.single(depth + 1)
            return lambda row: not test(row)
        if self.peek.text == "(":
            self.take("paren")
            inner = self.either(depth + 1)
            if self.take("paren").text != ")":
                raise _invalid(self.text, self.tokens[self._next - 1].position)
            return inner
        return self.comparison()

    def comparison(self) -> Predicate:
        named = self.take("word")
        name = self.properties.get(named.text.lower())
        if name is None:
            raise _unknown(self.text, named)
        operator = self.take("operator").text.lower().removeprefix("-")
        value = self.take("quoted", "word")
        read = _value(value.text)
        self.compared.append((name, read, value.position))
        wanted = wanted_of(read)
        return lambda row: holds(row.get(name), operator, wanted)

    def _is_joint(self, joint: str) -> bool:
        return self.peek.kind == "joint" and self.peek.text.lower().removeprefix("-") == joint


def _value(text: str) -> str | None:
    if text[0] in "'\"":
        quote = text[0]
        return text[1:-1].replace(quote * 2, quote)
    known = {"$null": None, "null": None, "$true": "true", "$false": "false"}
    return known.get(text.lower(), text)


def _invalid(text: str, position: int) -> Exception:
    return _unbound(
        "Invalid filter syntax. For a description of the filter parameter syntax see the command "
        "help.",
        text,
        position,
    )


def _unknown(text: str, token: _Token) -> Exception:
    return _unbound(
        f'"{token.text}" is not a recognized filterable property. For a complete list of '
        "filterable properties see the command help.",
        text,
        token.position,
    )


def _unconverted(text: str, value: str, position: int) -> Exception:
    return _unbound(f'Cannot convert value "{value}" to type "System.Boolean".', text, position)


def _unbound(reason: str, text: str, position: int) -> Exception:
    return bad_request(
        f'Cannot bind parameter \'Filter\' to the target. Exception setting "Filter": "{reason} '
        f'"{text}" at position {position + 1}."'
    )
