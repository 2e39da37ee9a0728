"""Spectra are those that theory gives; meshes are the surfaces that they are said to be."""

import itertools

import numpy as np
import pytest
from scipy.linalg import eigh

from snippets.spectra import (
    Mesh,
    eigenpairs,
    flat,
    klein_spectrum,
    matrices,
    sphere,
    superellipsoid,
    torus_spectrum,
    unfold,
)

# l(l + 1), each 2l + 1 times
SPHERE = np.repeat([l * (l + 1) for l in range(8)], [2 * l + 1 for l in range(8)])  # noqa: E741 (its name in all books)
SHAPES = {
    "sphere": sphere(2),
    "large sphere": sphere(3),  # from 300 vertices on, another routine computes
    "box": superellipsoid((0.7, 1, 1.3), 6, level=2),
    "torus": flat(1.5, 1, (24, 16)),
    "Klein bottle": flat(1.5, 1, (24, 16), twist=True),
}


def by_loops(mesh):
    """Compute both matrices triangle by triangle: cotangents of angles, the midpoint rule."""
    size = mesh.faces.max() + 1
    stiffness, mass = np.zeros((size, size)), np.zeros((size, size))
    for corners, face in zip(mesh.corners, mesh.faces, strict=True):
        for k in range(3):
            p, q, r = (corners[(k + shift) % 3] for shift in range(3))
            cosine = (q - p) @ (r - p) / np.linalg.norm(q - p) / np.linalg.norm(r - p)
            area = np.linalg.norm(q - p) * np.linalg.norm(r - p) * np.sin(np.arccos(cosine)) / 2
            half = 0.5 / np.tan(np.arccos(cosine))
            i, j = face[(k + 1) % 3], face[(k + 2) % 3]
            stiffness[[i, j], [j, i]] -= half
            stiffness[[i, j], [i, j]] += half
            # at the middle of the side from q to r both functions are 1/2; exact for squares
            for a, b in itertools.product((i, j), repeat=2):
                mass[a, b] += area / 3 / 4
    return stiffness, mass


@pytest.mark.parametrize("name", SHAPES)
def test_the_matrices_are_those_of_cotangents_and_of_the_midpoint_rule(name):
    for ours, plain in zip(matrices(SHAPES[name]), by_loops(SHAPES[name]), strict=True):
        np.testing.assert_allclose(ours.toarray(), plain, atol=1e-12)


def test_one_right_triangle_is_worked_by_hand():
    mesh = Mesh(np.array([[[0.0, 0], [1, 0], [0, 1]]]), np.array([[0, 1, 2]]))
    stiffness, mass = (matrix.toarray() for matrix in matrices(mesh))
    # the right angle has cotangent 0, the other two have 1
    np.testing.assert_allclose(stiffness, [[1, -0.5, -0.5], [-0.5, 0.5, 0], [-0.5, 0, 0.5]])
    np.testing.assert_allclose(mass, np.array([[2, 1, 1], [1, 2, 1], [1, 1, 2]]) / 24)
    lumped = matrices(mesh, lumped=True)[1].toarray()
    np.testing.assert_allclose(lumped, np.eye(3) / 6)


@pytest.mark.parametrize("lumped", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_eigenpairs_are_those_of_the_dense_matrices_and_none_is_left_out(name, lumped):
    mesh = SHAPES[name]
    dense = [matrix.toarray() for matrix in matrices(mesh, lumped=lumped)]
    # 30 cuts a group of equal ones in two
    values, functions = eigenpairs(mesh, 30, lumped=lumped)
    np.testing.assert_allclose(values, eigh(*dense, eigvals_only=True)[:30], atol=1e-9)
    np.testing.assert_allclose(functions.T @ dense[1] @ functions, np.eye(30), atol=1e-9)
    np.testing.assert_allclose(dense[0] @ functions, dense[1] @ functions * values, atol=1e-9)


def test_fixed_vertices_stay_at_zero_and_the_square_drum_sounds_as_it_should():
    cells = 24
    mesh = flat(1, 1, (cells, cells))
    seam = [v for v in range(cells**2) if v < cells or v % cells == 0]  # column 0 and row 0
    values, functions = eigenpairs(mesh, 8, fixed=seam)
    exact = sorted(np.pi**2 * (m * m + n * n) for m in range(1, 9) for n in range(1, 9))[:8]
    assert (functions[seam] == 0).all()
    assert (values > exact).all()  # Rayleigh and Ritz: never too low
    np.testing.assert_allclose(
        values, exact, rtol=0.06
    )  # about 17 pi^2 / 12 / 24^2, and more for a slant


def test_the_sphere_has_its_staircase_and_its_error_falls_fourfold():
    errors = [eigenpairs(sphere(level), 50)[0][1:] / SPHERE[1:50] - 1 for level in (2, 3, 4)]
    for coarse, fine in itertools.pairwise(errors):
        assert 3.9 < coarse.max() / fine.max() < 4.1
    assert errors[-1].max() < 0.021
    assert errors[-1].min() > 0


def test_lumped_mass_errs_to_the_other_side():
    values, _ = eigenpairs(sphere(3), 50, lumped=True)
    assert (values[1:] < SPHERE[1:50]).all()
    np.testing.assert_allclose(values[1:], SPHERE[1:50], rtol=0.081)


@pytest.mark.parametrize(("twist", "spectrum"), [(False, torus_spectrum), (True, klein_spectrum)])
def test_the_glued_sheet_has_the_exact_spectrum(twist, spectrum):
    values, _ = eigenpairs(flat(1.3, 1, (52, 40), twist=twist), 30)
    np.testing.assert_allclose(values, spectrum(1.3, 1, 30), rtol=0.034, atol=1e-9)
    other = torus_spectrum if twist else klein_spectrum
    assert np.abs(values[1:] / other(1.3, 1, 30)[1:] - 1).max() > 0.1


@pytest.mark.parametrize("sides", [(1, 1), (1.7, 0.6), (0.3, 4)])
def test_the_exact_spectra_are_those_counted_wave_by_wave(sides):
    a, b = sides
    reach = range(-60, 61)
    torus = sorted(4 * np.pi**2 * (m * m / a**2 + n * n / b**2) for m in reach for n in reach)
    klein = sorted(
        np.pi**2 * (m * m / a**2 + 4 * n * n / b**2)
        for m in reach
        for n in range(61)
        if m % 2 == 0 or n > 0
    )
    np.testing.assert_allclose(torus_spectrum(a, b, 90), torus[:90], rtol=1e-12)
    np.testing.assert_allclose(klein_spectrum(a, b, 90), klein[:90], rtol=1e-12)


@pytest.mark.parametrize("spectrum", [torus_spectrum, klein_spectrum])
def test_any_count_is_the_beginning_of_a_longer_list(spectrum):
    whole = spectrum(1.3, 0.7, 2000)
    assert whole.shape == (2000,)
    for count in (1, 2, 9, 10, 11, 50, 951):
        assert np.array_equal(spectrum(1.3, 0.7, count), whole[:count])


@pytest.mark.parametrize("spectrum", [torus_spectrum, klein_spectrum])
def test_unfolded_spectra_grow_by_one(spectrum):
    levels = unfold(spectrum(1.5, 2, 5000), 3)
    assert abs(np.diff(levels).mean() - 1) < 0.01


def directed_edges_that_repeat(mesh):
    pairs = mesh.faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    return int((np.unique(pairs, axis=0, return_counts=True)[1] > 1).sum())


def test_the_sphere_is_round_closed_and_nearly_even():
    for level in range(4):
        corners, faces = sphere(level)
        vertices, edges = faces.max() + 1, 3 * len(faces) // 2
        assert vertices == 10 * 4**level + 2
        assert vertices - edges + len(faces) == 2  # Euler
        np.testing.assert_allclose(np.linalg.norm(corners, axis=-1), 1)
        sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=-1)
        assert sides.max() / sides.min() < 1.35
        # each edge once in each direction, and volumes positive: anticlockwise from outside
        assert directed_edges_that_repeat(sphere(level)) == 0
        assert (np.linalg.det(corners) > 0).all()


def test_vertices_with_one_number_are_at_one_place():
    for mesh in (sphere(2), superellipsoid((1, 2, 3), 5, level=2)):
        places = np.zeros((mesh.faces.max() + 1, 3))
        places[mesh.faces] = mesh.corners
        assert np.array_equal(places[mesh.faces], mesh.corners)


def test_a_superellipsoid_fulfils_its_equation_and_keeps_the_faces():
    corners, faces = superellipsoid((0.6, 1.1, 1.4), 3.5, level=2)
    np.testing.assert_allclose((np.abs(corners / [0.6, 1.1, 1.4]) ** 3.5).sum(axis=-1), 1)
    assert np.array_equal(faces, sphere(2).faces)
    np.testing.assert_allclose(superellipsoid(level=2).corners, sphere(2).corners)


def test_twice_the_size_is_a_quarter_of_each_eigenvalue_and_the_same_unfolded():
    small, large = (superellipsoid((s, 1.2 * s, 0.9 * s), 4, level=2) for s in (1, 2))
    areas = [matrices(mesh)[1].sum() for mesh in (small, large)]
    first, second = (eigenpairs(mesh, 20)[0] for mesh in (small, large))
    np.testing.assert_allclose(second, first / 4, atol=1e-9)
    np.testing.assert_allclose(unfold(second, areas[1]), unfold(first, areas[0]), atol=1e-9)
    np.testing.assert_allclose(areas[1], 4 * areas[0])


def test_a_glued_sheet_has_its_area_and_each_vertex_six_triangles():
    for twist in (False, True):
        mesh = flat(1.3, 0.7, (5, 4), twist=twist)
        assert abs(matrices(mesh)[1].sum() - 1.3 * 0.7) < 1e-12
        assert (np.bincount(mesh.faces.ravel()) == 6).all()
        assert len(np.bincount(mesh.faces.ravel())) == 20


def test_the_torus_has_two_sides_and_the_klein_bottle_one():
    # where neighbouring triangles run the same way along their edge, left and right are swapped
    assert directed_edges_that_repeat(flat(1, 1, (6, 5))) == 0
    assert directed_edges_that_repeat(flat(1, 1, (6, 5), twist=True)) == 5


def test_the_number_of_zeros_is_the_number_of_pieces():
    corners, faces = sphere(1)
    two = Mesh(np.concatenate([corners, corners + 5]), np.concatenate([faces, faces + 42]))
    values, _ = eigenpairs(two, 4)
    assert (np.abs(values) < 1e-9).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: matrices(Mesh(np.zeros((2, 3, 3)), np.zeros((1, 3), int))), r"\(2, 3, 3\)"),
        (lambda: matrices(Mesh(np.zeros((2, 4, 3)), np.zeros((2, 4), int))), r"\(2, 4, 3\)"),
        (lambda: matrices(Mesh(np.zeros((2, 3, 3)), np.zeros((2, 3), int))), "triangle 0 has no"),
        (lambda: eigenpairs(sphere(0), 13), "count=13: give at least 1 and at most 12"),
        (lambda: eigenpairs(sphere(0), 0), "count=0"),
        (lambda: eigenpairs(sphere(0), 10, fixed=[0, 1, 2]), "at most 9"),
        (lambda: sphere(-1), "level must be 0 or more, got -1"),
        (lambda: superellipsoid((1, 1), 2), "three positive semi_axes"),
        (lambda: superellipsoid((1, 0, 1), 2), "three positive semi_axes"),
        (lambda: superellipsoid((1, 1, 1), 0), "positive power"),
        (lambda: flat(0, 1, (4, 4)), "positive lengths"),
        (lambda: flat(1, 1, (2, 4)), "at least 3 cells"),
        (lambda: torus_spectrum(0, 1), "positive sides"),
        (lambda: klein_spectrum(1, 1, 0), "count of at least 1"),
        (lambda: unfold([1.0], 0), "area must be positive, got 0"),
    ],
)
def test_bad_input_is_refused_with_its_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
