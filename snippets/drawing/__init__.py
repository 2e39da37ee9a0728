"""How does one draw arrays, kernels, tensors and results in one language?

Places are (row, column), as in NumPy, with row 0 at the top. A colour has one
meaning everywhere: blue goes in, orange is the kernel, green comes out. Tints
are transparent, so that one drawing reads on a light and on a dark page.

Source: our own; after N. P. Rougier, *Scientific Visualization* (2021), and
E. R. Tufte, *The Visual Display of Quantitative Information* (1983).
"""

from .charts import draw_bars, draw_curves, draw_histogram, panels
from .confusion import draw_confusion
from .maps import draw_grid, draw_image, draw_key, draw_map
from .network import draw_network
from .palette import COLOURS
from .paper import draw_cells, draw_link, draw_window, sheet, write
from .reach import draw_reach
from .windows import draw_conv1d, draw_position

__all__ = [
    "COLOURS",
    "draw_bars",
    "draw_cells",
    "draw_confusion",
    "draw_conv1d",
    "draw_curves",
    "draw_grid",
    "draw_histogram",
    "draw_image",
    "draw_key",
    "draw_link",
    "draw_map",
    "draw_network",
    "draw_position",
    "draw_reach",
    "draw_window",
    "panels",
    "sheet",
    "write",
]
