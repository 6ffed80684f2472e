"""The shipped numbers: one TOML per room, and the industry templates laid over them. Read by foundation.policies."""
