"""Code to copy: small, tested answers to one question each."""
