"""What people write and say: tickets, complaints, notes of calls and visits. All composed for this project."""
