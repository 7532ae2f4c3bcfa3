"""Studies of simulated worlds: each module measures one table, and is discovered by its name."""
