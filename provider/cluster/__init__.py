"""Cluster drivers: everything that runs a tenant's workload, behind one interface."""
