"""Carrying a plan out: the lines that change, what is written, the lock that is made again. Internal."""
