"""Diagnosis of an encoder of images and texts: one function for each symptom."""
