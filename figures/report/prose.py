"""Text of docstrings and findings as HTML: Markdown without raw HTML, and formulae between backticks."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from pairbounds.infrastructure.notation import is_formula, to_html

OUTSIDE = "../"  # begins the links of a page in docs to files of the repository, which a report does not hold


def inline(text: str) -> Markup:
    """A sentence, in no paragraph."""
    return Markup(_reader().renderInline(text))


def blocks(text: str) -> Markup:
    """Paragraphs, tables, lists and headings."""
    return Markup(_reader().render(text))


class _Renderer(RendererHTML):
    """CommonMark, but for formulae, and for links to what is no part of a report: these are text."""

    def code_inline(self, tokens: Sequence[Token], number: int, *_: Any) -> str:
        text = tokens[number].content
        return to_html(text) if is_formula(text) else f"<code>{escape(text)}</code>"

    def link_open(self, tokens: Sequence[Token], number: int, options: Any, environment: Any) -> str:
        return "<code>" if _is_file(tokens[number]) else self.renderToken(tokens, number, options, environment)

    def link_close(self, tokens: Sequence[Token], number: int, options: Any, environment: Any) -> str:
        opened = next(token for token in reversed(tokens[:number]) if token.type == "link_open")
        return "</code>" if _is_file(opened) else self.renderToken(tokens, number, options, environment)

    def image(self, tokens: Sequence[Token], number: int, *_: Any) -> str:
        return str(escape(tokens[number].content))  # the pictures of a report are its own


def _is_file(link: Token) -> bool:
    target = str(link.attrs.get("href", ""))
    return target.startswith(OUTSIDE) or ("://" not in target and not target.startswith("#"))


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
