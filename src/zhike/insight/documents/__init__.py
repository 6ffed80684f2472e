"""The reports of ``zhike try``: PDF, workbooks, chart and tables from measures; no database, no Django."""
