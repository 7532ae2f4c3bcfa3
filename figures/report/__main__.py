"""`python -m pairbounds.figures.report TABLES FIGURES OUT`: the report of the project, as `make report` writes it."""

import sys
from pathlib import Path

from pairbounds.figures.report.project import project_report

if __name__ == "__main__":
    tables, figures, out = map(Path, sys.argv[1:])
    project_report(tables, figures, out)
    print(f"the report: {out}")
