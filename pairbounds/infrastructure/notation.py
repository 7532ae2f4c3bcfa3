"""Formulae of docstrings as MathML: what is plain text to a reader of the source is set as mathematics in a browser.

The notation: one letter is one symbol, with subscripts `_k` or `_{k+1}`, superscripts `^m`, `^{1/2}` or `²`, primes
and stars; words of several letters are upright; `√` takes the bracket or the symbol that follows; `<=` and `>=` are ≤
and ≥.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from html import escape

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀᵐᵏᵗᵖⁿⁱ", "0123456789+−=()Tmktpni", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₖᵢⱼₘₙ", "0123456789+−=()kijmn", strict=True))
OPERATORS = {"<=": "≤", ">=": "≥", "=:": "=:", ":=": ":=", "->": "→", "..": "…", "-": "−"}
BARE = "+-=<>≤≥·,;"  # signs that have no scripts
PAIRS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
FUNCTIONS = {"max", "min", "log", "exp", "Pr", "tr", "diag", "cut", "KL", "sup", "inf", "coth", "const", "onehot"}
NAME = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{2,}[_./:-]+[A-Za-z]|^--?[a-z]", re.ASCII
)  # of a variable, a path, a bound, an option
SYMBOL = re.compile(r"[A-Za-z](_[A-Za-z0-9]{1,2})?", re.ASCII)
TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)
    | (?P<script>[_^])
    | (?P<operator><=|>=|=:|:=|->|\.\.)
    | (?P<word>[^\W\d_][\u0300-\u036f]?(?:[A-Za-z]+)?)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def is_formula(text: str) -> bool:
    """Test whether text between backticks is mathematics, and not code: a name, a path, a call, an option."""
    if SYMBOL.fullmatch(text):
        return True
    if text.isascii() and NAME.search(text):
        return False
    if not text.isascii() or re.search(r"<=|>=|\^|_\{", text):
        return any(letter.isalpha() for letter in text)
    words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\b[A-Za-z]_\w+", "", text)))
    return bool(re.search("[A-Za-z]", text)) and words <= FUNCTIONS


def to_mathml(formula: str) -> str:
    """A formula as a `<math>` element; every character of it is shown or is structure, none is lost.

    Linear in its length.

    Examples
    --------
    >>> from pairbounds.infrastructure.notation import to_mathml
    >>> to_mathml("σ²_{k+1} <= 1")  # doctest: +NORMALIZE_WHITESPACE
    '<math><msubsup><mi>σ</mi><mrow><mi>k</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></msubsup><mo>≤</mo><mn>1</mn></math>'
    """
    return f"<math>{_Reader(_tokens(' '.join(formula.split()))).row('')}</math>"


@dataclass
class _Token:
    kind: str
    text: str


def _tokens(formula: str) -> list[_Token]:
    found = []
    for match in TOKEN.finditer(formula):
        kind, text = str(match.lastgroup), match.group()
        if kind == "word" and text[0] in SUPERSCRIPTS | SUBSCRIPTS:  # they count as letters
            found += [_Token("other", letter) for letter in text]
        else:
            found.append(_Token(kind, text))
    return found


@dataclass
class _Reader:
    """Reads tokens from the left; what it returns is markup."""

    tokens: list[_Token]
    place: int = field(default=0)

    def row(self, end: str) -> str:
        """All up to a closing bracket, which is read too and not shown; the whole, if that is empty."""
        parts = []
        while self.place < len(self.tokens) and not (end and self._text == end):
            parts.append(self.atom())
        self.place += 1
        return "".join(parts)

    @property
    def _text(self) -> str:
        return self.tokens[self.place].text if self.place < len(self.tokens) else ""

    def atom(self) -> str:
        """A symbol with its scripts, or a space."""
        token = self.tokens[self.place]
        self.place += 1
        if token.kind == "space":
            return self._space()
        if token.text == "√":
            return self._scripted(f"<msqrt>{self._radicand()}</msqrt>")
        return self._symbol(token) if token.text in BARE else self._scripted(self._symbol(token))

    def _space(self) -> str:
        """A thin space between two symbols, as of a product; about operators there is one anyway."""
        before, after = self.tokens[self.place - 2 : self.place - 1], self.tokens[self.place : self.place + 1]
        operands = all(one.kind in ("word", "number") or one.text in "√‖⟨⟩|()[]'*½" for one in [*before, *after])
        return '<mspace width="0.2em"/>' if before and after and operands else ""

    def _radicand(self) -> str:
        while self._text == " ":
            self.place += 1
        if self._text == "(" and self._closed():
            self.place += 1
            return f"<mrow>{self.row(')')}</mrow>"
        return self.atom() if self._text else "<mrow></mrow>"

    def _closed(self) -> bool:
        """Test whether the bracket that begins here ends somewhere, so that it may be left out."""
        depth = 0
        for token in self.tokens[self.place :]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return True
        return False

    def _symbol(self, token: _Token) -> str:
        if token.kind == "number":
            return f"<mn>{token.text}</mn>"
        if token.kind == "word":
            upright = (
                ' mathvariant="normal"' if len(token.text) == 1 and unicodedata.category(token.text) == "Lu" else ""
            )
            return f"<mi{upright if not token.text.isascii() else ''}>{escape(token.text)}</mi>"
        text = SUPERSCRIPTS.get(token.text) or OPERATORS.get(token.text, token.text)
        if text in PAIRS or text in PAIRS.values() or text in "|‖":
            return f'<mo stretchy="false">{text}</mo>'
        return f"<mo>{escape(text)}</mo>" if not text.isalpha() else f"<mi>{escape(text)}</mi>"

    def _scripted(self, base: str) -> str:
        below, above = "", ""
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token.kind == "script" and self.place + 1 < len(self.tokens):
                if (below if token.text == "_" else above) and token.text == "_":
                    break
                self.place += 1
                script = self._script()
                below, above = (below + script, above) if token.text == "_" else (below, above + script)
            elif token.text in SUPERSCRIPTS:
                above += self._run(SUPERSCRIPTS)
            elif token.text in SUBSCRIPTS:
                below += self._run(SUBSCRIPTS)
            elif token.text == "'":
                self.place += 1
                above += "<mo>′</mo>"
            elif token.text == "*" and self._is_star():
                self.place += 1
                above += "<mo>*</mo>"
            else:
                break
        below, above = (f"<mrow>{part}</mrow>" if part.count("<m") > 1 else part for part in (below, above))
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if below:
            return f"<msub>{base}{below}</msub>"
        return f"<msup>{base}{above}</msup>" if above else base

    def _script(self) -> str:
        if self._text == "{":
            self.place += 1
            return self.row("}")
        token = self.tokens[self.place]
        self.place += 1
        if token.text == "-" and self._text:  # ^-1
            return f"<mo>−</mo>{self._script()}"
        return self._symbol(token)

    def _run(self, letters: dict[str, str]) -> str:
        """Letters that are small in the text itself, as many as follow one another."""
        parts = []
        while self._text in letters and self._text:
            one = letters[self._text]
            parts.append(
                f"<mn>{one}</mn>" if one.isdigit() else f"<mi>{one}</mi>" if one.isalpha() else f"<mo>{one}</mo>"
            )
            self.place += 1
        return "".join(parts)

    def _is_star(self) -> bool:
        """Test whether a star belongs to the symbol before it, as in `f*`, and is no product."""
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else None
        return after is None or after.kind not in ("word", "number")
