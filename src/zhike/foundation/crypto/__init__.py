"""Personal values at rest: keys outside the database, a data key per person, blind indexes."""
