"""A lease's objects as plain dicts: pure functions of the workload, the settings and a few facts.

Nothing here talks to a cluster; what is made here is applied as it is.
"""
