"""The provider: bids for orders, runs what it won, and serves its tenants."""
