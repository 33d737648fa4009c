"""Pulumi's text (`grammars/pulumi.lark`)."""
