"""What was found: each finding a module with its question, the tables that answer it, and the sentences that say so."""
