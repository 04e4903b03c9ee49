"""What stands between a configuration and a working session, link by link."""
