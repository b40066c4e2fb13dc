"""The ground every room stands on: errors, gateway, live hub, database, clock."""
