"""Why the fast tests leave more than a twentieth of a file unrun. A test fails where this is not as measured."""

MISSING = "Tests of these lines are missing."

REASONS: dict[str, str] = {
    "real_data/datasets/svg.py": (
        "What a drawing may do that ends its process is tried; that a process does not end when it is asked "
        "to, and answers of renderers that no drawing gave, are not."
    ),
    "real_data/datasets/svg_worker.py": (
        "It draws in a process of its own, without what counts lines: its limits on memory and time are for "
        "what it draws alone. The tests of foreign pictures see what it answers."
    ),
    "real_data/studies/emoji_captions.py": (
        "It measures the whole emoji set, which takes minutes: `make smoke` does it on every change."
    ),
    "pairbounds/sweeps/execution.py": (
        "Losses of a Dask cluster that come between two of its answers: `make faults` kills workers at random moments."
    ),
    "pairbounds/infrastructure/array_files.py": "One line: a version of numpy's format that numpy does not write yet.",
    "pairbounds/infrastructure/commandline.py": (
        "Broken pipes between two lines of what is printed, and systems without `poll`."
    ),
    "pairbounds/infrastructure/folders.py": (
        "Races of two commands for one lock, a few instructions wide: `make faults` starts two at once."
    ),
    "pairbounds/infrastructure/foreign.py": "Functions without source, and messages of more than 500 letters.",
    "pairbounds/infrastructure/interruption.py": (
        "The second signal to a process that does not end, which ends it without counting; signals in other threads."
    ),
    "pairbounds/infrastructure/temporaries.py": (
        "Files of a process of another user, or of a number that was given anew."
    ),
    **dict.fromkeys(
        (
            "figures/findings/evidence.py",
            "figures/layout.py",
            "figures/prerequisites.py",
            "figures/report/audits.py",
            "figures/report/chromium.py",
            "figures/report/origin.py",
            "figures/report/runs.py",
            "figures/report/studies.py",
            "real_data/audit/keeping.py",
            "real_data/studies/pretraining.py",
            "real_data/training/distributed.py",
            "real_data/training/forecast.py",
            "real_data/training/runs.py",
            "real_data/training/settings.py",
            "theory/attack/records.py",
            "theory/attack/shrinking.py",
            "theory/spectrum/distributed_products.py",
            "theory/graph/formats.py",
            "pairbounds/infrastructure/clusters.py",
            "pairbounds/pytest_plugin.py",
            "pairbounds/sweeps/forecast.py",
            "pairbounds/sweeps/sources.py",
            "pairbounds/sweeps/studies.py",
        ),
        MISSING,
    ),
}
