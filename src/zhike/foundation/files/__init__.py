"""Attachments: sealed at rest, told by their content, opened only through the record they belong to."""
