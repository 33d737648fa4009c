"""What SST's terminal shows (`grammars/sst.lark`)."""
