"""Card of a result in a notebook: a title, facts, a picture and a table; all text in it is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.palette import PALE_BLUE, VERMILION

LONGEST = 60  # characters of a name or a label that are shown
MOST_POINTS = 400  # of a sparkline; beyond, every so many
WIDTH, HEIGHT, MARGIN = 240, 48, 3  # of a sparkline, in pixels


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
    pictures : SVG, of `sparkline` say; the only thing here that is not escaped
    columns, rows : a table
    notes : sentences below it, folded
    """
    return _template("card").render(
        title=title, facts=facts, pictures=pictures, columns=columns, rows=rows, notes=list(notes)
    )


def sparkline(values: Any, name: str, *, bars: bool = False) -> str:
    """A series as a small picture, its lowest and highest value in its title; values that are not finite are left out.

    Parameters
    ----------
    values : (n,)
    bars : a bar from 0 for each, of a quantity that is not negative; by default a line
    """
    import numpy as np

    series = np.asarray(values, dtype=np.float64)
    series = series[np.isfinite(series)]
    series = series[:: -(-len(series) // MOST_POINTS) or 1]
    low, high = (0.0 if bars else series.min(initial=np.inf)), series.max(initial=-np.inf)
    spread = high - low if high > low else 1.0
    across = MARGIN + (WIDTH - 2 * MARGIN) * (np.arange(len(series)) + 0.5) / max(1, len(series))
    up = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (series - low) / spread
    return _template("sparkline").render(
        name=name,
        points=[(round(float(x), 1), round(float(y), 1)) for x, y in zip(across, up, strict=True)],
        bars=bars,
        thick=round(min(8.0, 0.7 * WIDTH / max(1, len(series))), 2),
        low=float(series.min(initial=np.inf)),
        high=float(high),
        size=(WIDTH, HEIGHT),
        base=HEIGHT - MARGIN,
    )


def render(template: str, **values: Any) -> str:
    """A template of this folder by its name, filled in; all text is escaped."""
    return _template(template).render(**values)


def shown(value: object, most: int = LONGEST) -> str:
    """A value as short text: numbers in six digits, names in one line and cut where they are long."""
    text = f"{value:.6g}" if isinstance(value, float) else one_line(str(value)[: 2 * most])
    return text if len(text) <= most else text[: most - 1] + "…"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(shown=shown, one_line=one_line)
    environment.globals.update(line=PALE_BLUE, alarm=VERMILION)
    return environment


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(f"{name}.html.jinja")
