"""What a campaign measured, as the JSON that the reliability page is made from."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from theory.tables import _provenance, replacing


def write_measured(
    path: Path,
    *,
    title: str,
    command: str,
    rows: Sequence[dict[str, object]],
    notes: Sequence[str],
    seed: int | None,
    minutes: float,
    **further: Any,
) -> None:
    """Write the rows with when, on what and from which commit they were measured.

    Parameters
    ----------
    rows : each with what, count, found and test: what was tried how often, what was found, and what repeats it
    further : parts that only this campaign has
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    about = _provenance({}, "")
    measured = {
        "date": datetime.now(UTC).date().isoformat(),
        **{name: about[name] for name in ("commit", "versions", "hardware")},
        "seed": seed,
        "minutes": round(minutes, 1),
    }
    content = {"title": title, "command": command, "measured": measured, "rows": list(rows), "notes": list(notes)}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content | further, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
