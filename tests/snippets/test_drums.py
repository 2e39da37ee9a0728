"""The two drums have different shapes and the same sound; their meshes share it to rounding."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from snippets.drums import FIRST, SECOND, TRANSPLANT, drum, meetings, tiles, transplant
from snippets.spectra import eigenpairs, matrices

BOTH = pytest.mark.parametrize("glue", [FIRST, SECOND], ids=["first", "second"])
# corners as in C. Moler (2012), Can One Hear the Shape of a Drum?; the second one upside down
POLYGONS = {
    FIRST: [(0, 0), (0, 1), (2, 3), (2, 2), (3, 2), (2, 1), (1, 1), (1, 0)],
    SECOND: [(1, 2), (0, 1), (0, 0), (2, 0), (2, -1), (3, 0), (2, 1), (1, 1)],
}
# four times those of T. A. Driscoll (1997), Eigenmodes of Isospectral Drums, whose tiles are larger
DRISCOLL = 4 * np.array([2.53794, 3.65551, 5.17556, 6.53756, 7.24808, 9.20929, 10.59699])


def inside(points, polygon):
    """Count crossings of a ray: odd inside, even outside; points on the rim count as outside."""
    x, y = points.T
    odd, on_rim = np.zeros(len(x), bool), np.zeros(len(x), bool)
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        between = (min(x1, x2) <= x) & (x <= max(x1, x2)) & (min(y1, y2) <= y) & (y <= max(y1, y2))
        on_rim |= (turn == 0) & between
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd & ~on_rim


@BOTH
def test_the_tiles_fill_the_known_polygon(glue):
    middles = tiles(glue).mean(axis=1)
    assert inside(middles, POLYGONS[glue]).all()
    assert len(np.unique(middles.round(6), axis=0)) == 7
    x, y = np.array(POLYGONS[glue]).T
    area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
    assert area == 3.5 == 7 * 0.5


@BOTH
def test_all_tiles_are_congruent_and_neighbours_are_mirror_images(glue):
    corners = tiles(glue)
    for tile in corners:
        assert pdist(tile) == pytest.approx([1, 1, 2**0.5])
    turns = np.sign(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    for matrix in meetings(glue, rim=0):
        for i, j in np.argwhere(matrix):
            assert turns[i] == -turns[j]


@BOTH
def test_tiles_meet_where_they_were_glued_and_nowhere_else(glue):
    expected = np.zeros((3, 7, 7))
    for new, (tile, side) in enumerate(glue, 1):
        expected[side, new, tile] = expected[side, tile, new] = 1
    assert np.array_equal(meetings(glue, rim=0), expected)
    for rim in (-1, 1):
        matrix = meetings(glue, rim)
        assert np.array_equal(matrix - expected, [rim * np.diag(1 - e.sum(0)) for e in expected])
        assert np.array_equal(matrix @ matrix, [np.eye(7)] * 3)  # to and fro


def test_tiles_that_meet_unplanned_are_seen_too():
    around = [(0, 1), (1, 2), (2, 1)]  # with the first one four right angles about (0, 0)
    assert meetings(around, rim=0).sum() == 2 * 4
    with pytest.raises(ValueError, match=r"tile 4, .* tile 3 across side 2, would lie on"):
        tiles([*around, (3, 2)])


def test_the_shapes_differ():
    first, second = (np.array(POLYGONS[glue]) for glue in (FIRST, SECOND))
    assert pdist(first).max() > 1.1 * pdist(second).max()


@BOTH
def test_the_mesh_covers_the_drum_and_its_rim_is_the_polygon(glue):
    mesh = drum(glue, 8)
    places = np.zeros((mesh.faces.max() + 1, 2))
    places[mesh.faces] = mesh.corners
    assert np.array_equal(places[mesh.faces], mesh.corners)
    assert matrices(mesh)[1].sum() == pytest.approx(3.5)
    free = np.setdiff1d(np.arange(len(places)), mesh.rim)
    assert inside(places[free], POLYGONS[glue]).all()
    assert not inside(places[mesh.rim], POLYGONS[glue]).any()
    assert mesh.tiles.shape == (7, 45)
    # the same place in each tile: seen from its own corners
    frames = tiles(glue)
    for tile, (right, *legs) in zip(mesh.tiles, frames, strict=True):
        own = (places[tile] - right) @ np.linalg.inv(np.array(legs) - right)
        np.testing.assert_allclose(own, places[mesh.tiles[0]], atol=1e-12)


@BOTH
def test_the_lumped_eigenvalues_are_those_of_five_point_differences(glue):
    cuts = 8  # a power of two: places are exact
    grid = np.stack(np.meshgrid(*[np.arange(-2 * cuts, 4 * cuts)] * 2), -1).reshape(-1, 2)
    grid = grid[inside(grid / cuts, POLYGONS[glue])]
    gaps = np.abs(grid[:, None] - grid).sum(axis=2)
    plain = np.linalg.eigvalsh((4.0 * (gaps == 0) - (gaps == 1)) * cuts**2)
    mesh = drum(glue, cuts)
    values, _ = eigenpairs(mesh, 30, fixed=mesh.rim, lumped=True)
    np.testing.assert_allclose(values, plain[:30], rtol=1e-11)


@pytest.mark.parametrize("cuts", [8, 13, 24])
@pytest.mark.parametrize("lumped", [False, True])
def test_the_drums_sound_the_same_on_any_mesh(cuts, lumped):
    first, second = (
        eigenpairs(mesh, 50, fixed=mesh.rim, lumped=lumped)[0]
        for mesh in (drum(FIRST, cuts), drum(SECOND, cuts))
    )
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_with_a_free_rim_they_sound_the_same_too():
    first, second = (eigenpairs(drum(glue, 16), 50)[0] for glue in (FIRST, SECOND))
    np.testing.assert_allclose(first[1:], second[1:], rtol=1e-11)


def test_the_values_are_those_that_are_known():
    mesh = drum(FIRST, 32)
    values, _ = eigenpairs(mesh, 9, fixed=mesh.rim)
    np.testing.assert_allclose(values[:7], DRISCOLL, rtol=0.006)  # 32 cuts, reentrant corners
    # the ninth is the first of a single tile with a rim, mirrored from tile to tile
    assert values[8] == pytest.approx(5 * np.pi**2, rel=0.006)


def test_the_recipe_turns_meetings_of_one_drum_into_those_of_the_other():
    for first, second in zip(meetings(FIRST), meetings(SECOND), strict=True):
        assert np.array_equal(TRANSPLANT @ first, second @ TRANSPLANT)
    for first, second in zip(meetings(FIRST, 1), meetings(SECOND, 1), strict=True):
        assert np.array_equal(abs(TRANSPLANT) @ first, second @ abs(TRANSPLANT))
    assert np.linalg.det(TRANSPLANT) == pytest.approx(24)


def test_a_transplanted_eigenfunction_is_an_eigenfunction():
    first, second = drum(FIRST, 10), drum(SECOND, 10)
    values, functions = eigenpairs(first, 12, fixed=first.rim)
    moved = transplant(functions, first, second)
    assert np.abs(moved[second.rim]).max() < 1e-12
    stiffness, mass = matrices(second)
    free = np.setdiff1d(np.arange(len(moved)), second.rim)
    np.testing.assert_allclose((stiffness @ moved)[free], (mass @ moved * values)[free], atol=1e-10)
    assert (np.abs(moved).max(axis=0) > 0.1).all()
    # where two tiles meet, both say the same
    pieces = np.tensordot(TRANSPLANT, functions[first.tiles], axes=1)
    np.testing.assert_allclose(moved[second.tiles], pieces, atol=1e-12)


def test_another_drum_of_seven_tiles_sounds_different():
    third = drum([*FIRST[:5], (5, 2)], 8)
    other = drum(FIRST, 8)
    values = [eigenpairs(mesh, 20, fixed=mesh.rim)[0] for mesh in (third, other)]
    assert np.abs(values[0] / values[1] - 1).max() > 0.01


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: tiles([(1, 0)]), r"\(1, 0\) names no side: give one of the 1 tiles"),
        (lambda: tiles([(0, 3)]), r"\(0, 3\) names no side"),
        (lambda: tiles([(0, 0), (1, 0)]), "tile 2, the mirror image of tile 1 across side 0"),
        (lambda: drum(FIRST, 1), "cuts must be at least 2, got 1"),
        (
            lambda: transplant(np.zeros((99, 1)), drum(FIRST, 3), drum(SECOND, 4)),
            r"\(7, 10\) and \(7, 15\)",
        ),
        (
            lambda: transplant(np.zeros((99, 1)), drum([(0, 0)], 3), drum([(0, 0)], 3)),
            r"need seven tiles",
        ),
    ],
)
def test_bad_input_is_refused_with_its_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
