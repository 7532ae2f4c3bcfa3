"""Studies of simulated worlds, each a module that measures one table."""

from simulations.studies import bound_holds, captions_help, near_optimal, training

STUDIES = {study.name: study for study in (bound_holds.STUDY, captions_help.STUDY, near_optimal.STUDY, training.STUDY)}
