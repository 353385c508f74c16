"""Naive implementations that the fast paths are held against."""
