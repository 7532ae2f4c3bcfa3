"""Ledger of bounds in prose: the page, and explanations of single bounds."""
