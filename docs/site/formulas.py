"""Conversion of LaTeX formulas to Unicode, for docstrings and tables."""

import re
import unicodedata
from collections import deque

SYMBOL_TABLE = r"""
\alpha α  \beta β  \gamma γ  \delta δ  \varepsilon ε  \zeta ζ  \eta η  \theta θ  \kappa κ  \lambda λ  \mu μ  \nu ν
\xi ξ  \pi π  \rho ρ  \sigma σ  \tau τ  \phi φ  \varphi φ  \chi χ  \psi ψ  \omega ω
\Gamma Γ  \Delta Δ  \Theta Θ  \Lambda Λ  \Pi Π  \Sigma Σ  \Phi Φ  \Psi Ψ  \Omega Ω
\le <=  \ge >=  \ne ≠  \approx ≈  \sim ~  \in ∈  \notin ∉  \subseteq ⊆  \cup ∪  \cap ∩  \to →  \mid |  \| ‖  \{ {  \} }
\sum Σ  \prod Π  \int ∫  \infty ∞  \cdot ·  \times ×  \pm ±  \circ °  \top ᵀ  \ell l  \ldots ...
\log log  \ln ln  \exp exp  \max max  \min min  \sup sup  \inf inf  \Pr Pr
"""
WORDS = SYMBOL_TABLE.split()
SYMBOLS = dict(zip(WORDS[::2], WORDS[1::2], strict=True)) | {r"\,": " ", r"\;": " "}
ACCENTS = {r"\bar": "\u0304", r"\hat": "\u0302", r"\tilde": "\u0303"}
TEXT = (r"\mathrm", r"\text", r"\operatorname", r"\mathbb")
SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])")
RAISED = str.maketrans("0123456789+-Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁿ")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
RELATIONS = re.compile(r" ?(<=|>=|≠|≈|∈|(?<!_)→|[=<>]) ?")


def unicode_formula(latex: str) -> str:
    r"""Convert a LaTeX formula to Unicode, on one line: `\varepsilon_2(f^*) \le B_m(k)` as `ε₂(f*) <= B_m(k)`.

    `ValueError`: an unknown macro, or an unclosed brace.
    """
    tokens = deque(TOKEN.findall(SIZES.sub("", latex)))
    text = _until_brace(tokens)
    if tokens:
        raise ValueError(f"{latex!r} has an extra closing brace: remove it")
    text = RELATIONS.sub(r" \1 ", text)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip()).replace("ε_2", "ε₂")


def _until_brace(tokens: deque[str]) -> str:
    """Text of the tokens before the closing brace, which stays in `tokens`."""
    text = ""
    while tokens and tokens[0] != "}":
        text += _piece(tokens)
    return text


def _piece(tokens: deque[str]) -> str:
    """Text of the next token, with its arguments."""
    token = tokens.popleft()
    if token == "{":
        text = _until_brace(tokens)
        if not tokens:
            raise ValueError("a brace is not closed: add }")
        tokens.popleft()
        return text
    if token == "^":
        return _raised(_argument(tokens))
    if token == "_":
        return f"_{_braced(_argument(tokens))}"
    if token == r"\frac":
        return f"{_factor(_argument(tokens))} / {_factor(_argument(tokens))}"
    if token == r"\sqrt":
        text = _argument(tokens)
        return f"√{text if re.fullmatch(r'.(_.|_{[^{}]*})?', text) else f'({text})'}"
    if token in TEXT or token in ACCENTS:
        return _argument(tokens) + ACCENTS.get(token, "")
    if token.startswith("\\") and token not in SYMBOLS:
        raise ValueError(f"{token} is an unknown macro: use another, or add it to SYMBOL_TABLE")
    return " " if token.isspace() else SYMBOLS.get(token, token)


def _argument(tokens: deque[str]) -> str:
    while tokens and tokens[0].isspace():
        tokens.popleft()
    if not tokens:
        raise ValueError("a macro has no argument: add it")
    return _piece(tokens)


def _raised(text: str) -> str:
    if text in ("*", "°", "ᵀ"):
        return text
    raised = text.translate(RAISED)
    if any(map(str.isalnum, text)) and all(old != new for old, new in zip(text, raised, strict=True)):
        return raised
    return f"^{_braced(text)}"


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _factor(text: str) -> str:
    """Numerator or denominator, in parentheses if it is a sum or a product."""
    return f"({text})" if re.search(r"[ +\-·]", text.strip()) and not re.fullmatch(r"\([^()]*\)", text) else text
