"""Studies of simulated worlds, each a module that measures one table."""

from simulations.studies import (
    architecture,
    bound_holds,
    captions_help,
    leaderboard,
    multihop,
    near_optimal,
    rates,
    resampling,
    training,
    which_loss,
)

MODULES = (
    architecture,
    bound_holds,
    captions_help,
    leaderboard,
    multihop,
    near_optimal,
    rates,
    resampling,
    training,
    which_loss,
)
STUDIES = {module.STUDY.name: module.STUDY for module in MODULES}
