"""HTML of a report: one file with styles, script and pictures inside; all text is escaped."""

import base64
import hashlib
import math
from collections.abc import Sequence
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from pairbounds import __version__
from pairbounds.figures.report.contents import Section, Table
from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.html import shown
from pairbounds.theory.ledger.reasons import STATUS_MEANS

HERE = Path(__file__).parent
BEGINNING = "<!doctype html>\n<!-- A report by pairbounds. -->"  # identifies a report
LONGEST = 240  # characters of a name, a label or a caption


def write_page(out: Path, sections: Sequence[Section], **words: Any) -> None:
    """Write a report; `words` for `report.html.jinja`: title, lead, and refused files with reasons."""
    script = _source("report.js")
    page = _template().render(
        beginning=Markup(BEGINNING),
        style=Markup(_source("report.css")),
        script=Markup(script),
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        version=__version__,
        statuses=STATUS_MEANS,
        sections=sections,
        provenance=Table(
            "Origins of the tables", pd.DataFrame([origin.row for part in sections for origin in part.origins])
        ),
        **words,
    )
    with replacing(out) as temporary:
        temporary.write_text(page, encoding="utf-8")


def written(value: object) -> str:
    """A value as text: numbers to four digits, infinity as ∞, booleans in words.

    Other text is one line of at most `LONGEST` characters, with direction marks escaped.
    """
    if value is None or (isinstance(value, Real) and value != value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if isinstance(value, Real):
        number = float(value)
        return f"{number:.4g}" if math.isfinite(number) else "∞" if number > 0 else "−∞"
    return shown(value, LONGEST)


def sortable(value: object) -> str:
    """Number for the sorting script, with all digits, from a number or text; empty for other values."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]  # any object
    except (TypeError, ValueError, OverflowError):
        return ""
    return "" if math.isnan(number) else repr(number)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"written": written, "sortable": sortable}
    return environment.get_template("report.html.jinja")


def _source(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
