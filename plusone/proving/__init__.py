"""The storm that proves the promises: real processes, real wire, real kills, and sums that must come out
exact.
"""
