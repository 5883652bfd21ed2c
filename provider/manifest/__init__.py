"""Manifests: taken from tenants, held against the chain, kept on disk, waited for."""
