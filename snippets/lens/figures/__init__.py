"""Figures drawn from what the lens recorded; each is a `Picture`, with an alt text made from the same data."""

from snippets.lens.figures.chunk_ribbon import chunk_ribbon as chunk_ribbon
from snippets.lens.figures.growth import growth as growth
from snippets.lens.figures.holders import holders as holders
from snippets.lens.figures.life import life as life
from snippets.lens.figures.line_ribbon import line_ribbon as line_ribbon
from snippets.lens.figures.path_map import path_map as path_map
from snippets.lens.figures.picture import Picture as Picture
from snippets.lens.figures.resource_tree import resource_tree as resource_tree
from snippets.lens.figures.ribbon import ribbon as ribbon
from snippets.lens.figures.sequence import sequence as sequence
from snippets.lens.figures.states import states as states
from snippets.lens.figures.timeline import timeline as timeline
from snippets.lens.follow.channel import CHANNEL_POINTS as CHANNEL_POINTS
from snippets.lens.follow.channel import CHANNEL_WATCH as CHANNEL_WATCH
from snippets.lens.follow.chunks import CHUNK_POINTS as CHUNK_POINTS
from snippets.lens.follow.chunks import CHUNK_WATCH as CHUNK_WATCH
from snippets.lens.follow.life import LIFE_POINTS as LIFE_POINTS
from snippets.lens.follow.life import LIFE_WATCH as LIFE_WATCH
from snippets.lens.follow.lines import LINE_POINTS as LINE_POINTS
from snippets.lens.follow.lines import LINE_WATCH as LINE_WATCH
from snippets.lens.follow.walk import TREE_POINTS as TREE_POINTS
from snippets.lens.follow.walk import TREE_WATCH as TREE_WATCH
from snippets.lens.follow.walk import walks as walks
