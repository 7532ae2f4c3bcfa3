"""Card of a result in a notebook: a title, facts, a picture and a table; all text in it is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.palette import VERMILION

if TYPE_CHECKING:
    import jinja2

LONGEST = 60  # characters of a name or a label that are shown


def card(
    title: str,
    facts: Mapping[str, object],
    *,
    pictures: Iterable[str] = (),
    columns: Sequence[str] = (),
    rows: Iterable[Sequence[object]] = (),
    notes: Iterable[object] = (),
) -> str:
    """A result as HTML, readable on light and on dark ground.

    Parameters
    ----------
    facts : what is known of it, by name
    pictures : SVG; the only thing here that is not escaped
    columns, rows : a table
    notes : sentences below it, folded
    """
    table = {"columns": columns, "rows": rows, "notes": list(notes)}
    return render("card", title=title, facts=facts, pictures=pictures, **table)


def render(template: str, **values: Any) -> str:
    """A template of this folder by its name, filled in; all text is escaped."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


def shown(value: object, most: int = LONGEST) -> str:
    """A value as short text: numbers in six digits, names in one line and cut where they are long."""
    text = f"{value:.6g}" if isinstance(value, float) else one_line(str(value)[: 2 * most])
    return text if len(text) <= most else text[: most - 1] + "…"


@cache
def _environment() -> "jinja2.Environment":
    import jinja2  # an extra, which figures and studies do not need

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
