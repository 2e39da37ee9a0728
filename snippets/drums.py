# --8<-- [start:drums]
"""Can one hear the shape of a drum?

Two drums of different shapes that sound the same. Each consists of seven
copies of one triangle; where two of them meet, they are mirror images of each
other. The triangles are cut alike, so that not only the drums but also their
meshes have the same eigenvalues.

Source: Gordon, Webb and Wolpert (1992), One cannot hear the shape of a drum,
Bulletin of the American Mathematical Society 27; the proof by transplantation
as in Buser, Conway, Doyle and Semmler (1994), Some planar isospectral domains.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Glue = Sequence[tuple[int, int]]

# Tile 0 is the triangle (0, 0), (1, 0), (0, 1). Each pair adds a tile: the
# mirror image of an earlier tile across its side opposite to corner 0, 1 or 2.
FIRST: Glue = ((0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (4, 2))
SECOND: Glue = ((0, 0), (1, 1), (1, 2), (3, 0), (4, 1), (5, 2))

# Row i: how to mix the tiles of the first drum into tile i of the second.
TRANSPLANT = np.array(
    [
        [0, -1, 1, -1, 0, 0, 0],
        [-1, 0, -1, 0, -1, 0, 0],
        [1, -1, 0, 0, 0, -1, 0],
        [1, 0, 0, -1, 0, 0, -1],
        [0, 1, 0, 0, -1, 0, 1],
        [0, 0, 1, 0, 0, -1, -1],
        [0, 0, 0, 1, -1, 1, 0],
    ]
)


class Drum(NamedTuple):
    """How is a drum cut into small triangles?

    Attributes:
        corners: Where the corners of each triangle are, shape (triangles, 3,
            2), in units of a tile's shorter sides.
        faces: Numbers of these three vertices, shape (triangles, 3).
        rim: Numbers of the vertices that are held still, shape (rim,).
        tiles: Numbers of the vertices of each tile, in the same order in each
            of them, shape (tiles, points of a tile).
    """

    corners: Array
    faces: NDArray[np.intp]
    rim: NDArray[np.intp]
    tiles: NDArray[np.intp]


def tiles(glue: Glue) -> Array:
    """Where do the tiles of a drum lie?

    Source: our own unfolding; the drums are those of Gordon, Webb and
    Wolpert (1992), figure 1.

    Args:
        glue: One pair (earlier tile, side) for each tile after the first;
            `FIRST`, `SECOND`, or a drum of your own.

    Returns:
        The three corners of each tile, shape (tiles, 3, 2): the right angle
        first. Each tile is the mirror image of its neighbours.

    Raises:
        ValueError: If a pair names no earlier tile or no side, or two tiles
            would lie on each other.

    Examples:
        >>> tiles([(0, 0)])[1]  # the other half of a square
        array([[1., 1.],
               [1., 0.],
               [0., 1.]])
    """
    placed = [np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])]
    for tile, side in glue:
        if not (0 <= tile < len(placed) and side in (0, 1, 2)):
            raise ValueError(
                f"({tile}, {side}) names no side: give one of the "
                f"{len(placed)} tiles placed so far and a side 0, 1 or 2"
            )
        new = placed[tile].copy()
        p, q = new[side - 2], new[side - 1]  # the ends of the mirror
        foot = p + (new[side] - p) @ (q - p) / ((q - p) @ (q - p)) * (q - p)
        new[side] = 2 * foot - new[side]
        if any(np.allclose(new.mean(0), old.mean(0)) for old in placed):
            raise ValueError(
                f"tile {len(placed)}, the mirror image of tile {tile} across "
                f"side {side}, would lie on another one"
            )
        placed.append(new)
    return np.array(placed)


def meetings(glue: Glue, rim: int = -1) -> Array:
    """Which tiles meet along which side?

    Let f hold the values of a function at one point of a side, seen from all
    tiles. A function fits the drum if meetings(glue)[side] @ f equals f:
    neighbours agree, and on the rim f = -f, so that f = 0.

    Source: Buser, Conway, Doyle and Semmler (1994), section 2.

    Args:
        glue: As for `tiles`.
        rim: What stands on the diagonal for a tile that meets no other along
            that side: -1 for a rim that is held still, 1 for a free one.

    Returns:
        A matrix for each of the three sides, shape (3, tiles, tiles), of 1
        where two tiles meet along it.

    Raises:
        ValueError: As for `tiles`.

    Examples:
        >>> meetings([(0, 0)])[0]
        array([[0., 1.],
               [1., 0.]])
        >>> meetings([(0, 0)])[1]
        array([[-1.,  0.],
               [ 0., -1.]])
    """
    corners = tiles(glue)
    found = np.zeros((3, len(corners), len(corners)))
    for side in range(3):
        middles = (corners[:, side - 2] + corners[:, side - 1]) / 2
        gaps = np.linalg.norm(middles[:, None] - middles, axis=2)
        found[side] = gaps < 0.1
        found[side] -= np.eye(len(corners))  # a tile is no neighbour of itself
        found[side] += rim * np.diag(found[side].sum(axis=1) == 0)
    return found


def drum(glue: Glue, cuts: int = 12) -> Drum:
    """How does one cut all tiles of a drum in the same way?

    Source: our own. Each side of a tile is cut into `cuts` equal parts, and
    the tile into cuts**2 triangles of its own shape.

    Args:
        glue: As for `tiles`.
        cuts: Into how many parts, at least 2.

    Returns:
        The mesh, with the rim and the vertices of each tile.

    Raises:
        ValueError: If cuts is less than 2, or glue is as `tiles` refuses it.

    Examples:
        >>> mesh = drum(FIRST, 4)
        >>> mesh.faces.shape, mesh.tiles.shape
        ((112, 3), (7, 15))
    """
    if cuts < 2:
        raise ValueError(f"cuts must be at least 2, got {cuts!r}")
    i, j = np.indices((cuts + 1, cuts + 1)).reshape(2, -1)
    i, j = i[i + j <= cuts], j[i + j <= cuts]
    weights = np.stack([cuts - i - j, i, j], axis=1)  # (points, 3)
    # whole numbers, so that glued points are equal: (tiles, points, 2)
    points = np.round(weights @ tiles(glue)).astype(int)
    places, numbers = np.unique(
        points.reshape(-1, 2), axis=0, return_inverse=True
    )
    inside = numbers.reshape(points.shape[:2])  # (tiles, points)
    at = np.full((cuts + 2, cuts + 2), -1)
    at[i, j] = np.arange(len(i))
    here, right, up = at[:-1, :-1], at[1:, :-1], at[:-1, 1:]
    # a triangle and, where there is one, its mirror image: (cuts**2, 3)
    small = np.concatenate(
        [
            np.stack([here, right, up], axis=-1).reshape(-1, 3),
            np.stack([at[1:, 1:], up, right], axis=-1).reshape(-1, 3),
        ]
    )
    small = small[(small >= 0).all(axis=1)]
    faces = inside[:, small].reshape(-1, 3)
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2))
    edges, times = np.unique(edges, axis=0, return_counts=True)
    rim = np.unique(edges[times == 1])  # the rim has a triangle on one side
    return Drum(places[faces] / cuts, faces, rim, inside)


def transplant(functions: Array, source: Drum, target: Drum) -> Array:
    """How does an eigenfunction of one drum become one of the other?

    Source: Buser, Conway, Doyle and Semmler (1994), section 2.

    Args:
        functions: Values at the vertices of the first drum, shape (vertices,
            functions), each 0 on the rim.
        source: The first drum, `drum(FIRST, cuts)`.
        target: The second, `drum(SECOND, cuts)`, with the same cuts.

    Returns:
        Values at the vertices of the second drum, of the same shape: each
        tile is a sum of three tiles of the first drum, with signs.

    Raises:
        ValueError: If the two drums are not of seven tiles each, cut alike.
    """
    if source.tiles.shape != target.tiles.shape or len(source.tiles) != 7:
        raise ValueError(
            "both drums need seven tiles, cut alike; their tiles have shape "
            f"{source.tiles.shape} and {target.tiles.shape}"
        )
    pieces = functions[source.tiles]  # (7, points of a tile, functions)
    mixed = np.tensordot(TRANSPLANT, pieces, axes=1)
    result = np.zeros_like(functions)
    result[target.tiles] = mixed  # where tiles meet, both say the same
    return result


# --8<-- [end:drums]
