"""Findings: each a module with its question, the tables that answer it, its facts and its claims."""
