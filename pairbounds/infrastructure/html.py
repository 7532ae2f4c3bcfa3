"""HTML card of a result in a notebook: title, facts, picture and table, with all text escaped."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.palette import VERMILION

if TYPE_CHECKING:
    import jinja2

LONGEST = 60  # characters of a name or a label


def card(
    title: str,
    facts: Mapping[str, object],
    *,
    pictures: Iterable[str] = (),
    columns: Sequence[str] = (),
    rows: Iterable[Sequence[object]] = (),
    notes: Iterable[object] = (),
) -> str:
    """A result as HTML, readable on light and dark backgrounds.

    Parameters
    ----------
    facts : values by name
    pictures : SVG, the only unescaped part
    columns, rows : a table
    notes : sentences below the table, folded
    """
    table = {"columns": columns, "rows": rows, "notes": list(notes)}
    return render("card", title=title, facts=facts, pictures=pictures, **table)


def render(template: str, **values: Any) -> str:
    """Fill in a template of this folder, with all text escaped."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


def shown(value: object, width: int = LONGEST) -> str:
    """A value as short text: numbers to six digits, names in one line, long names cut."""
    text = f"{value:.6g}" if isinstance(value, float) else one_line(str(value)[: 2 * width])
    return text if len(text) <= width else text[: width - 1] + "…"


@cache
def _environment() -> "jinja2.Environment":
    import jinja2  # an extra that figures and studies do not need

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(shown=shown, one_line=one_line)
    environment.globals.update(alarm=VERMILION)
    return environment
