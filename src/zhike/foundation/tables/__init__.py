"""Tables from files nobody prepared for us: text of any usual encoding and delimiter, and workbooks. Pure.

Numbers and days are read as people write them. Whoever opens a file says what it takes the columns for.
"""
