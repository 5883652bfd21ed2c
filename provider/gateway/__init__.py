"""The provider's door for tenants: HTTPS and websockets, certificates and tokens."""
