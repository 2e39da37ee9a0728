# --8<-- [start:solver]
"""What is the Laplace-Beltrami spectrum of a surface, and how is it computed?

The eigenvalues of a surface's Laplacian are the squared frequencies at which
it would vibrate. They do not depend on where the surface lies in space, on
how it is bent, or on the order of its vertices.

Source: Reuter, Wolter and Peinecke (2006), Laplace-Beltrami spectra as
'Shape-DNA' of surfaces and solids, Computer-Aided Design 38.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import eigsh
from scipy.spatial import ConvexHull

Array = NDArray[np.float64]


class Mesh(NamedTuple):
    """Which triangles make up a surface, and where are they glued?

    Attributes:
        corners: Where the corners of each triangle are, shape (triangles, 3,
            dimensions), in any unit of length. Those of a glued sheet of
            paper stay on the sheet: only sides and angles count.
        faces: Numbers of these three vertices, from 0 up, shape
            (triangles, 3); corners with the same number are glued.
    """

    corners: Array
    faces: NDArray[np.intp]


def matrices(mesh: Mesh, *, lumped: bool = False) -> tuple[Any, Any]:
    """Which two sparse matrices stand for the Laplacian of a surface?

    For a function with the values f at the vertices, and linear in each
    triangle, f @ stiffness @ f is the integral of its squared slope, and
    f @ mass @ f the integral of its square.

    Source: Dziuk (1988), Finite Elements for the Beltrami Operator on
    Arbitrary Surfaces; the stiffness is the "cotangent formula".

    Args:
        mesh: The surface.
        lumped: Whether to move all mass of a row to its diagonal; otherwise
            the mass is the exact integral.

    Returns:
        stiffness: Sparse, shape (vertices, vertices), without unit.
        mass: Sparse, of the same shape, in squares of the unit of length.

    Raises:
        ValueError: If corners and faces do not fit together, or a triangle
            has no area.
    """
    corners, faces = np.asarray(mesh.corners, float), np.asarray(mesh.faces)
    if corners.shape[:2] != faces.shape or corners.shape[1:2] != (3,):
        raise ValueError(
            "corners must have shape (triangles, 3, dimensions) and faces "
            f"(triangles, 3), got {corners.shape} and {faces.shape}"
        )
    # the side opposite to each corner: (triangles, 3, dimensions)
    sides = np.roll(corners, 1, axis=1) - np.roll(corners, -1, axis=1)
    # dot products of each two sides: (triangles, 3, 3)
    dots = sides @ sides.swapaxes(1, 2)
    squares = dots[:, 0, 0] * dots[:, 1, 1] - dots[:, 0, 1] ** 2
    if not (squares > 0).all():
        raise ValueError(
            f"triangle {np.argmin(squares)} has no area: remove triangles "
            "whose corners lie on one line"
        )
    areas = np.sqrt(squares)[:, None, None] / 2  # (triangles, 1, 1)
    # off the diagonal: minus half the cotangent of the angle between sides
    slopes = dots / (4 * areas)
    products = areas / 12 * (np.eye(3) + 1)  # integrals over the triangle
    rows, columns = np.repeat(faces, 3, axis=1), np.tile(faces, 3)
    # vertices that several triangles share add up: (vertices, vertices)
    stiffness, mass = (
        coo_array((values.ravel(), (rows.ravel(), columns.ravel()))).tocsc()
        for values in (slopes, products)
    )
    return stiffness, diags_array(mass.sum(axis=1)).tocsc() if lumped else mass


def eigenpairs(
    mesh: Mesh, count: int = 50, *, fixed: ArrayLike = (), lumped: bool = False
) -> tuple[Array, Array]:
    """At which frequencies does a surface vibrate, and in which shapes?

    Source: Reuter, Wolter and Peinecke (2006), section 3.

    Args:
        mesh: The surface.
        count: How many of the smallest eigenvalues, at most one for each
            vertex that moves.
        fixed: Numbers of the vertices that are held still, like the rim of a
            drum; empty means that all of them move.
        lumped: As for `matrices`.

    Returns:
        values: The smallest eigenvalues in ascending order, shape (count,),
            one over the square of the unit of length. A surface of one piece
            with no vertex fixed begins with 0.
        functions: Their eigenfunctions at the vertices, shape (vertices,
            count); the integral of each one's square is 1.

    Raises:
        ValueError: If count is not between 1 and the number of vertices that
            move, or as for `matrices`.

    Examples:
        >>> values, functions = eigenpairs(sphere(2), 4)
        >>> values.round(1) + 0  # the sphere's are 0, 2, 2, 2
        array([0., 2., 2., 2.])
        >>> functions.shape
        (162, 4)
    """
    whole = matrices(mesh, lumped=lumped)
    vertices, area = whole[1].shape[0], whole[1].sum()
    moves = np.setdiff1d(np.arange(vertices), np.asarray(fixed))
    if not 0 < count <= len(moves):
        raise ValueError(
            f"count={count}: give at least 1 and at most {len(moves)}, the "
            "number of vertices that move"
        )
    stiffness, mass = (matrix[moves][:, moves] for matrix in whole)
    # 12 more than asked for: where equal eigenvalues are cut in two, Lanczos
    # may leave one out. The same start each time: the same bits.
    wanted = count + 12
    if len(moves) <= max(300, wanted):  # so few that Lanczos is not needed
        dense = stiffness.toarray(), mass.toarray()
        values, shapes = eigh(*dense, subset_by_index=[0, count - 1])
    else:
        start = np.random.default_rng(0).normal(size=len(moves))
        values, shapes = eigsh(
            stiffness, wanted, mass, sigma=-1 / area, v0=start
        )
    first = np.argsort(values)[:count]
    functions = np.zeros((vertices, count))
    functions[moves] = shapes[:, first]  # (vertices, count)
    return values[first], functions


# --8<-- [end:solver]


# --8<-- [start:shapes]
def sphere(level: int = 3) -> Mesh:
    """How is a sphere cut into nearly equal triangles?

    An icosahedron, each triangle of which is cut into four, `level` times;
    the new vertices are pushed out to the sphere of radius 1.

    Source: Baumgardner and Frederickson (1985), Icosahedral Discretization
    of the Two-Sphere, SIAM Journal on Numerical Analysis 22.

    Args:
        level: How often to cut, 0 or more: 10 * 4**level + 2 vertices.

    Returns:
        The mesh, 20 * 4**level triangles in three dimensions, their corners
        anticlockwise seen from outside.

    Raises:
        ValueError: If level is negative.

    Examples:
        >>> [len(sphere(level).faces) for level in (0, 1, 2, 3)]
        [20, 80, 320, 1280]
    """
    if level < 0:
        raise ValueError(f"level must be 0 or more, got {level!r}")
    golden = (1 + 5**0.5) / 2
    first = [(0, y, z * golden) for y in (-1, 1) for z in (-1, 1)]
    # and the same with x, y, z in cyclic order: (12, 3)
    points = np.concatenate([np.roll(first, k, axis=1) for k in range(3)])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    faces = ConvexHull(points).simplices  # (20, 3)
    inwards = np.linalg.det(points[faces]) < 0
    faces[inwards] = faces[inwards, ::-1]  # seen from outside: anticlockwise
    for _ in range(level):
        # the edge opposite to each corner, by its ends: (triangles, 3, 2)
        edges = np.sort(faces[:, [[1, 2], [2, 0], [0, 1]]])
        ends, which = np.unique(
            edges.reshape(-1, 2), axis=0, return_inverse=True
        )
        a, b, c = faces.T
        p, q, r = len(points) + which.reshape(-1, 3).T  # their new middles
        parts = [(a, r, q), (b, p, r), (c, q, p), (p, q, r)]
        faces = np.concatenate([np.transpose(part) for part in parts])
        points = np.concatenate([points, points[ends].mean(axis=1)])
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    return Mesh(points[faces], faces)


def superellipsoid(
    semi_axes: ArrayLike = (1, 1, 1), power: float = 2, *, level: int = 3
) -> Mesh:
    """Which shapes lie between an ellipsoid and a box with rounded corners?

    All points with |x/a|^p + |y/b|^p + |z/c|^p = 1: for p = 2 an ellipsoid,
    for larger p more and more a box. Each vertex of a sphere moves along its
    ray, so that all these meshes have the same faces.

    Source: Barr (1981), Superquadrics and Angle-Preserving Transformations.

    Args:
        semi_axes: a, b and c, positive: half the length, width and height.
        power: p, positive.
        level: As for `sphere`.

    Returns:
        The mesh, with the faces of `sphere(level)`.

    Raises:
        ValueError: If there are not three positive axes and a positive power.

    Examples:
        >>> superellipsoid((1, 1, 3), 4).corners.max(axis=(0, 1)).round(2)
        array([1., 1., 3.])
    """
    scale = np.asarray(semi_axes, float)
    if scale.shape != (3,) or not (scale > 0).all() or not power > 0:
        raise ValueError(
            "give three positive semi_axes and a positive power, got "
            f"{semi_axes!r} and {power!r}"
        )
    rays, faces = sphere(level)
    sums = (np.abs(rays / scale) ** power).sum(axis=-1, keepdims=True)
    return Mesh(rays * sums ** (-1 / power), faces)


def flat(
    width: float, height: float, cells: tuple[int, int], *, twist: bool = False
) -> Mesh:
    """How does one glue the opposite sides of a sheet of paper?

    Without a twist the sheet becomes a flat torus; with a twist, one pair of
    sides is glued in opposite directions, and it becomes a Klein bottle. In
    space this would crease the paper; on the sheet nothing is bent at all.

    Source: Hatcher (2002), Algebraic Topology, page 51.

    Args:
        width: Length of the sheet along x; positive.
        height: Length along y; positive.
        cells: How many rectangles to cut it into along x and along y, at
            least 3 each; each one is cut into two triangles.
        twist: Whether to glue (width, y) to (0, height - y), and not to
            (0, y).

    Returns:
        The mesh, in two dimensions.

    Raises:
        ValueError: If a length is not positive, or there are fewer than 3
            cells along a side.

    Examples:
        >>> flat(2, 1, (8, 4)).corners.shape
        (64, 3, 2)
    """
    columns, rows = cells
    if not (width > 0 and height > 0 and columns >= 3 and rows >= 3):
        raise ValueError(
            "give positive lengths and at least 3 cells along each side, "
            f"got {width!r}, {height!r} and {cells!r}"
        )
    # column and row of the corners, two triangles a cell: (cells, 6, 2)
    corners = np.indices(cells).reshape(2, -1).T[:, None] + np.array(
        [(0, 0), (1, 0), (1, 1), (0, 0), (1, 1), (0, 1)]
    )
    column, row = corners[..., 0], corners[..., 1]
    over = column == columns  # on the side that is glued to the first one
    row = np.where(over & twist, -row, row) % rows
    faces = column % columns * rows + row
    lengths = np.array([width / columns, height / rows])
    return Mesh((corners * lengths).reshape(-1, 3, 2), faces.reshape(-1, 3))


# --8<-- [end:shapes]


# --8<-- [start:exact]
def torus_spectrum(width: float, height: float, count: int = 50) -> Array:
    """What is the exact spectrum of a flat torus?

    4 pi^2 (m^2 / width^2 + n^2 / height^2) for all whole numbers m and n,
    negative ones too: a wave must fit both ways round.

    Source: Berger, Gauduchon and Mazet (1971), Le spectre d'une variété
    riemannienne, chapter III.B.

    Args:
        width: One side of the sheet that is glued; positive.
        height: The other side.
        count: How many eigenvalues, at least 1.

    Returns:
        The smallest eigenvalues in ascending order, shape (count,).

    Raises:
        ValueError: If a side is not positive or count less than 1.

    Examples:
        >>> torus_spectrum(2 * np.pi, 2 * np.pi, 10).round(6)
        array([0., 1., 1., 1., 1., 2., 2., 2., 2., 4.])
    """
    return _waves(width, height, count, turns=1)[2][:count]


def klein_spectrum(width: float, height: float, count: int = 50) -> Array:
    """What is the exact spectrum of a flat Klein bottle?

    pi^2 (m^2 / width^2 + 4 n^2 / height^2) for all whole numbers m, negative
    ones too, and n >= 0 where m is even, n >= 1 where m is odd: a wave that
    has been round once meets its own mirror image, and must fit that.

    Source: Berger, Gauduchon and Mazet (1971), Le spectre d'une variété
    riemannienne, chapter III.B, applied to the torus that covers it twice.

    Args:
        width: Length of the sheet across its twisted sides; positive.
        height: Length of the twisted sides themselves.
        count: As for `torus_spectrum`.

    Returns:
        As `torus_spectrum`.

    Raises:
        ValueError: As `torus_spectrum`.

    Examples:
        >>> klein_spectrum(np.pi, 2 * np.pi, 10).round(6)
        array([0., 1., 2., 2., 4., 4., 4., 5., 5., 5.])
    """
    # those of a torus of twice the width that fit: of n and -n one (with a
    # cosine for even m, a sine for odd m), and for n = 0 the even m
    m, n, values = _waves(width, height, count, turns=2)
    fits: Array = values[(n > 0) | ((n == 0) & (m % 2 == 0))]
    return fits[:count]


def unfold(values: ArrayLike, area: float) -> Array:
    """Which scaling takes size out of a spectrum?

    Weyl's law: the n-th eigenvalue of any surface is near 4 pi n / area. So
    values * area / (4 pi) grow by 1 from one to the next, on average.

    Source: Weyl (1911), Ueber die asymptotische Verteilung der Eigenwerte.

    Args:
        values: Eigenvalues, any shape.
        area: Area of the surface, in squares of the unit of length; positive.

    Returns:
        Pure numbers, of the same shape.

    Raises:
        ValueError: If the area is not positive.

    Examples:
        >>> float(unfold(torus_spectrum(1, 1, 5000)[-1], 1).round())
        5008.0
    """
    if not area > 0:
        raise ValueError(f"area must be positive, got {area!r}")
    return np.asarray(values, float) * area / (4 * np.pi)


def _waves(
    width: float, height: float, count: int, *, turns: int
) -> tuple[Array, Array, Array]:
    """List m, n and the eigenvalue of waves that meet after so many turns."""
    if not (width > 0 and height > 0 and count >= 1):
        raise ValueError(
            "give positive sides and a count of at least 1, got "
            f"{width!r}, {height!r} and {count!r}"
        )
    around, enough = turns * width, turns * count + 1
    # Waves are points, 1 / around and 1 / height apart. Those within this
    # radius are enough: their cells cover a disc of as many cells.
    cell = np.hypot(1 / around, 1 / height) / 2
    radius = np.sqrt(enough / (np.pi * around * height)) + cell
    far_m, far_n = int(radius * around), int(radius * height)
    m, n = np.mgrid[-far_m : far_m + 1, -far_n : far_n + 1].reshape(2, -1)
    values = 4 * np.pi**2 * ((m / around) ** 2 + (n / height) ** 2)
    order = np.argsort(values)
    return m[order], n[order], values[order]


# --8<-- [end:exact]
