"""Pulumi's verbose log (`grammars/glog.lark`)."""
