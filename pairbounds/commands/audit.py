"""The command `audit`: audit a table of pairs."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import CHECK_FAILED, Columns, Force, Json, column_names, echo, print_json
from pairbounds.infrastructure.files import require_output_path, require_safe_outputs, table_outputs
from pairbounds.infrastructure.tables import TABLE_SUFFIXES
from pairbounds.real_data.audit.audit_report import print_report
from pairbounds.real_data.audit.auditing import WIDTH, AuditSettings, audit_opened, outputs
from pairbounds.real_data.audit.pair_tables import Columns as TableColumns
from pairbounds.real_data.audit.pair_tables import open_tables
from pairbounds.real_data.audit.suspicious_rows import require_cleanable, write_suspicious


def audit(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="Parquet, CSV, TSV or JSONL: image, caption, weight.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for summary.json and tables.")],
    labels: Annotated[Path | None, typer.Option(metavar="LABELS", help="A table like PAIRS: image, label.")] = None,
    columns: Columns = None,
    label_col: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of labels, in LABELS or else PAIRS.")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Measure the harm of exchanging this share of captions.")
    ] = None,
    rows: Annotated[Path | None, typer.Option(metavar="FILE", help="Write suspicious rows, with reasons.")] = None,
    clean: Annotated[Path | None, typer.Option(metavar="FILE", help="Write PAIRS without the worst rows.")] = None,
    k: Annotated[int | None, typer.Option(help=f"Width of the embedding in the bounds; by default {WIDTH}.")] = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Audit a table of pairs: consistency, spectrum, bounds, worst captions and classes.

    PAIRS and LABELS can be folders of such files. Columns called image or url, caption or text, weight or count, label
    or class, in upper or lower case, need no option. Exits with 1 if a bound does not hold. --noise measures 18 graphs,
    of a sample if there are more than 100,000 pairs. Examples (the first takes ten seconds for 200,000 pairs):

    pairbounds audit pairs.parquet --labels labels.parquet --k 32 --out audit

    pairbounds audit pairs.csv --label-col class --noise 0.2 --out audit

    pairbounds audit pairs.parquet --rows suspicious.csv --clean cleaned.parquet --out audit
    """
    ends, weight = column_names(columns)
    image, caption = ends or (None, None)
    paths = [require_output_path(path, TABLE_SUFFIXES) for path in (rows, clean) if path is not None]
    require_safe_outputs([*outputs(out), *table_outputs(*paths)], [pairs, labels], force=force)
    tables = open_tables(pairs, labels, TableColumns(image, caption, weight, label_col))
    if clean is not None:
        require_cleanable(tables, clean)
    done = audit_opened(tables, out, AuditSettings(k), noise)
    sentences = write_suspicious(tables, rows, clean) if paths else []
    if as_records:
        print_json(done.summary)
    else:
        print_report(done.summary, done.tables)
        echo(f"{out}: summary.json, {', '.join(f'{name}.parquet' for name in done.tables)}", *sentences)
    if done.summary["bounds_failed"]:
        raise typer.Exit(CHECK_FAILED)
