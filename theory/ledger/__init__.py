"""The ledger of bounds in prose: as one page, and bound by bound."""
