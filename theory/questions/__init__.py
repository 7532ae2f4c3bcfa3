"""Answers to questions that people ask about their pairs, each a table and sentences."""
