"""Formulae of docstrings as HTML: plain text to a reader of the source, raised and lowered scripts in a browser.

One letter is one symbol, with subscripts `_k` or `_{k+1}`, superscripts `^m` or `^{1/2}`, and primes; `<=` and `>=` are
≤ and ≥. What Unicode has (`σ²`, `√`, `ᵀ`) stays as it is.
"""

import re
from html import escape

FUNCTIONS = {"max", "min", "log", "exp", "Pr", "tr", "diag", "cut", "KL", "sup", "inf", "coth", "const", "onehot"}
NAME = re.compile(  # of a variable, a path, a bound, an option
    r"(?<![A-Za-z])[A-Za-z]{2,}[_./:-]+[A-Za-z]|^--?[a-z]", re.ASCII
)
SYMBOL = re.compile(r"[A-Za-z](_[A-Za-z0-9]{1,2})?", re.ASCII)
SIGNS = {"<=": "≤", ">=": "≥", "->": "→", "..": "…", "-": "−", "'": "′"}
PART = re.compile(
    r"(?P<script>[_^](?:\{(?:[^{}]|\{[^{}]*\})*\}|-?(?:[A-Za-z]+|\d+|[^\s{}])))"
    r"|(?P<letter>(?<![A-Za-z])[A-Za-z](?![A-Za-z]))|(?P<sign><=|>=|->|\.\.|-|')"
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


def to_html(formula: str) -> str:
    """A formula as a `<span>`; every character of it is shown or is structure.

    Examples
    --------
    >>> from pairbounds.infrastructure.notation import to_html
    >>> to_html("σ_{k+1} <= x")
    '<span class="formula">σ<sub><i>k</i>+1</sub> ≤ <i>x</i></span>'
    """
    return f'<span class="formula">{_markup(" ".join(formula.split()))}</span>'


def _markup(formula: str) -> str:
    parts, end = [], 0
    for match in PART.finditer(formula):
        parts += [escape(formula[end : match.start()]), _marked(match)]
        end = match.end()
    return "".join([*parts, escape(formula[end:])])


def _marked(match: re.Match[str]) -> str:
    text = match[0]
    if match.lastgroup == "sign":
        return SIGNS[text]
    if match.lastgroup == "letter":
        return f"<i>{text}</i>"
    tag, script = ("sub" if text[0] == "_" else "sup"), text[1:]
    return f"<{tag}>{_markup(script[1:-1] if script[0] == '{' else script)}</{tag}>"
