"""Pages at the door: login, home, published dashboards; how they are rendered and under which policies."""
