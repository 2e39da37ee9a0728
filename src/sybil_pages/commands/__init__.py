"""What the command line does with pages: check, run, accept, adopt, export."""
