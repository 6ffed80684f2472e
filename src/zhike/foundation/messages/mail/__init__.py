"""E-mail as an adapter: handing over by SMTP, fetching by IMAP or from a folder. It knows no customers."""
