"""What is fast, side by side with its limit: every figure is a ratio of two things measured in one run on
one machine.
"""
