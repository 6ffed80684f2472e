"""What approvals contribute: their duty, words of log and notices, the flow of changed parameters."""
