"""Execute a Markdown page's code, check what the page claims, and weave in outputs and figures."""
