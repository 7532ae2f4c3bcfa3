"""Conversion of LaTeX formulas to Unicode, for docstrings and tables."""

import re
import unicodedata

LETTERS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi varphi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
SYMBOLS = {
    **dict(zip((f"\\{name}" for name in LETTERS.split()), "αβγδεεζηθκλμνξπρστφφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True)),
    "\\le": "<=", "\\leq": "<=", "\\ge": ">=", "\\geq": ">=", "\\ne": "≠", "\\approx": "≈", "\\in": "∈",
    "\\sum": "Σ", "\\prod": "Π", "\\int": "∫", "\\infty": "∞", "\\cdot": "·", "\\times": "×", "\\pm": "±", "\\to": "→",
    "\\langle": "⟨", "\\rangle": "⟩", "\\|": "‖", "\\Vert": "‖", "\\mid": "|", "\\{": "{", "\\}": "}", "\\top": "ᵀ",
    "\\ell": "l", "\\ldots": "...", "\\dots": "...", "\\cup": "∪", "\\cap": "∩", "\\subseteq": "⊆", "\\log": "log",
    "\\ln": "ln", "\\exp": "exp", "\\max": "max", "\\min": "min", "\\sup": "sup", "\\inf": "inf", "\\Pr": "Pr",
    "\\circ": "°", "\\sim": "~", "\\notin": "∉", "\\colon": ":", "\\%": "%", "\\prime": "′", "\\ast": "*",
}  # fmt: skip
ACCENTS = {"\\bar": "\u0304", "\\hat": "\u0302", "\\tilde": "\u0303", "\\dot": "\u0307"}
SPACES = {"\\,": " ", "\\;": " ", "\\:": " ", "\\ ": " ", "\\!": "", "\\quad": " ", "\\qquad": " "}
TEXT = ("\\mathrm", "\\text", "\\operatorname", "\\mathbb", "\\mathbf", "\\mathcal", "\\mathsf")
SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])")
RAISED = str.maketrans("0123456789+-Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁿ")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
RELATIONS = re.compile(r" ?(<=|>=|≠|≈|∈|(?<!_)→|[=<>]) ?")


def unicode_formula(latex: str) -> str:
    r"""Convert a LaTeX formula to Unicode, on one line: `\varepsilon_2(f^*) \le B_m(k)` as `ε₂(f*) <= B_m(k)`.

    `ValueError`: an unknown macro, or an unclosed brace.
    """
    text, tail = _until_brace([token for token in TOKEN.findall(SIZES.sub("", latex)) if token])
    if tail:
        raise ValueError(f"{latex!r} has an extra closing brace: remove it")
    text = RELATIONS.sub(r" \1 ", text)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip()).replace("ε_2", "ε₂")


def _until_brace(tokens: list[str]) -> tuple[str, list[str]]:
    """Text of the tokens before the closing brace, and the tokens from that brace."""
    text = ""
    while tokens and tokens[0] != "}":
        piece, tokens = _piece(tokens)
        text += piece
    return text, tokens


def _piece(tokens: list[str]) -> tuple[str, list[str]]:
    token, *tail = tokens
    if token == "{":
        text, tail = _until_brace(tail)
        if not tail:
            raise ValueError("a brace is not closed: add }")
        return text, tail[1:]
    if token in ("^", "_"):
        return _raised(tail) if token == "^" else _lowered(tail)
    if token == "\\frac":
        above, tail = _argument(tail)
        below, tail = _argument(tail)
        return f"{_factor(above)} / {_factor(below)}", tail
    if token == "\\sqrt":
        text, tail = _argument(tail)
        return f"√{text if re.fullmatch(r'.(_.|_{[^{}]*})?', text) else f'({text})'}", tail
    if token in ACCENTS:
        text, tail = _argument(tail)
        return text + ACCENTS[token], tail
    if token in TEXT:
        return _argument(tail)
    if token.startswith("\\"):
        if token in SPACES or token in SYMBOLS:
            return SPACES.get(token, SYMBOLS.get(token, "")), tail
        raise ValueError(f"{token} is an unknown macro: use another, or add it to SYMBOLS")
    return " " if token.isspace() else token, tail


def _argument(tokens: list[str]) -> tuple[str, list[str]]:
    while tokens and tokens[0].isspace():
        tokens = tokens[1:]
    if not tokens:
        raise ValueError("a macro has no argument: add it")
    return _piece(tokens)


def _raised(tokens: list[str]) -> tuple[str, list[str]]:
    text, tail = _argument(tokens)
    if text in ("*", "°", "′", "ᵀ"):
        return text, tail
    raised = text.translate(RAISED)
    if not any(map(str.isalnum, text)) or raised == text or any(a == b for a, b in zip(text, raised, strict=True)):
        return (f"^{text}" if len(text) == 1 else f"^{{{text}}}"), tail
    return raised, tail


def _lowered(tokens: list[str]) -> tuple[str, list[str]]:
    text, tail = _argument(tokens)
    return (f"_{text}" if len(text) == 1 else f"_{{{text}}}"), tail


def _factor(text: str) -> str:
    """Numerator or denominator, in parentheses if it is a sum or a product."""
    return f"({text})" if re.search(r"[ +\-·]", text.strip()) and not re.fullmatch(r"\([^()]*\)", text) else text
