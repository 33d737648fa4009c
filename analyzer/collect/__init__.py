"""Gathers the evidence about deploys from AWS into a bundle: reads only, and what is denied does not stop the rest."""
