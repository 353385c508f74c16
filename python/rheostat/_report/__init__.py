"""Savings that each dial would have brought on a log, with their risk.

The log is read once into sums by bin of difficulty (`sums`), so memory is bounded, and the sums of two parts of a log add up to
those of both. The governed policy gives each rung its share of the queries: the easiest take the lowest rung. `judge` compares it
with the log, with each rung for all queries, and with random mixing of rungs at the same cost. Costs are expected ones, from the
tokens that the log has, scaled so that each logged rung costs what the log paid for it. `page` writes the report.
"""
