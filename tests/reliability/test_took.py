"""What studies took, by the sidecars of their tables."""

import pandas as pd

from pairbounds.commands.study import measure_into
from pairbounds.infrastructure.tables import write_table
from pairbounds.sweeps.studies import find_study
from tests.reliability.took import taken

ROWS = pd.DataFrame({"x": [1]})


def test_each_study_that_counted_its_cpu_time_is_there_once(tmp_path):
    took = {"seconds": 4.0, "cpu_seconds": 7.5, "jobs": 2}
    for name in ("first", "second"):  # two tables of one study
        write_table(ROWS, tmp_path / f"{name}.parquet", {"study": "both", "seeds": [0, 1, 2]}, took)
    write_table(ROWS, tmp_path / "old.parquet", {"study": "old", "seeds": [0]}, {"seconds": 4.0, "jobs": 2})
    write_table(ROWS, tmp_path / "swept.parquet", {"study": "swept", "seeds": 3})
    assert list(taken(tmp_path)) == [("both", 3, 7.5, 4.0, 2)]


def test_a_study_counts_it(tmp_path):
    settings = find_study("training").settings(steps=3)
    measure_into("training", settings, [0, 1], 1, {"training": tmp_path / "training.parquet"})
    ((study, seeds, cpu, clock, jobs),) = taken(tmp_path)
    assert (study, seeds, jobs) == ("training", 2, 1)
    assert cpu > 0
    assert clock > 0
