"""Studies of simulated worlds, each a module that measures one table."""

from simulations.studies import bound_holds, captions_help, leaderboard, multihop, near_optimal, training

MODULES = (bound_holds, captions_help, leaderboard, multihop, near_optimal, training)
STUDIES = {module.STUDY.name: module.STUDY for module in MODULES}
