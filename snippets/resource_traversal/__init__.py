"""The walk down the tree of resources: the programs of chapter 09."""
