"""Figures drawn from what the lens recorded; each is a `Picture`, with an alt text made from the same data."""

from snippets.lens.figures.chunk_ribbon import chunk_ribbon
from snippets.lens.figures.growth import growth
from snippets.lens.figures.holders import holders
from snippets.lens.figures.life import life
from snippets.lens.figures.line_ribbon import line_ribbon
from snippets.lens.figures.path_map import path_map
from snippets.lens.figures.picture import Picture
from snippets.lens.figures.resource_tree import resource_tree
from snippets.lens.figures.ribbon import ribbon
from snippets.lens.figures.sequence import sequence
from snippets.lens.figures.states import states
from snippets.lens.figures.timeline import timeline
from snippets.lens.follow.channel import CHANNEL_POINTS, CHANNEL_WATCH
from snippets.lens.follow.chunks import CHUNK_POINTS, CHUNK_WATCH
from snippets.lens.follow.life import LIFE_POINTS, LIFE_WATCH
from snippets.lens.follow.lines import LINE_POINTS, LINE_WATCH
from snippets.lens.follow.walk import TREE_POINTS, TREE_WATCH, walks

__all__ = [
    "CHANNEL_POINTS",
    "CHANNEL_WATCH",
    "CHUNK_POINTS",
    "CHUNK_WATCH",
    "LIFE_POINTS",
    "LIFE_WATCH",
    "LINE_POINTS",
    "LINE_WATCH",
    "TREE_POINTS",
    "TREE_WATCH",
    "Picture",
    "chunk_ribbon",
    "growth",
    "holders",
    "life",
    "line_ribbon",
    "path_map",
    "resource_tree",
    "ribbon",
    "sequence",
    "states",
    "timeline",
    "walks",
]
