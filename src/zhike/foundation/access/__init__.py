"""Who may see and do what: persons, posts, departments, teams, and the explicit ``Viewer``."""
