"""Tensors in pictures: shape, type and range, a heat map, and how large each Jacobian is."""

from __future__ import annotations

import base64
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from autograd import Tensor, Value, draw, jacobian
from autograd.drawing import Diagram, Edge, Node
from autograd.drawing.heat import heat_map, thumbnail

RANDOM = np.random.default_rng(0)
SVG = "{http://www.w3.org/2000/svg}"


def result(diagram: Diagram) -> Node:
    return diagram.nodes[-1]


def local_gradient(diagram: Diagram) -> str:
    return next(edge.local_gradient for edge in diagram.edges if edge.local_gradient)


def pixels(rows: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """The colours of a heat map, read back from its PNG by hand."""
    data = base64.b64decode(heat_map(rows).partition(",")[2])
    width, height = struct.unpack(">II", data[16:24])
    length = struct.unpack(">I", data[33:37])[0]
    lines = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(height, 1 + 3 * width)
    return lines[:, 1:].reshape(height, width, 3)


# Numbers


def test_an_array_shows_shape_and_type_and_a_summary() -> None:
    node = result(draw(Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])))
    assert (node.data, node.details) == ("2×3 float64", ("min 1, mean 4, max 9",))


def test_a_few_elements_are_shown_themselves() -> None:
    node = result(draw(Tensor(np.float32([1.5, 2.5]))))
    assert (node.data, node.details) == ("[1.5, 2.5]", ("2 float32",))


def test_a_tensor_of_no_axes_shows_its_number() -> None:
    assert result(draw(Tensor(3.0) * 2)).data == "6"


def test_an_empty_array_shows_its_shape() -> None:
    node = result(draw(Tensor(np.zeros((0, 3)))))
    assert (node.data, node.details, node.thumbnail) == ("0×3 float64", (), None)


def test_the_gradient_of_an_array_shows_its_norm() -> None:
    w = Tensor(np.ones((3, 3)))
    (w * 2).sum().backward()
    assert result(draw(w)).grad == "norm 6"


# Jacobians


def test_an_elementwise_edge_shows_the_norm_of_a_diagonal_jacobian() -> None:
    x = Tensor([3.0, 4.0])
    assert local_gradient(draw(x * x * 0.5)) == "Jacobian 2 by 2, norm 5"


def test_a_broadcast_operand_counts_once_for_each_element_it_goes_to() -> None:
    b = Tensor(2.0)
    assert local_gradient(draw(b * np.full((3, 3), 2.0))) == "Jacobian 3×3 by 1, norm 6"


def test_the_norm_is_that_of_the_jacobian_matrix() -> None:
    a = RANDOM.normal(size=(2, 3))
    b = RANDOM.normal(size=(3, 4))
    exact = np.linalg.norm(jacobian(lambda x: x @ b)(a))
    assert local_gradient(draw(Tensor(a) @ b)) == f"Jacobian 2×4 by 2×3, norm {exact:.4g}"


def test_the_norm_of_a_large_product_of_matrices_is_exact() -> None:
    a, b = RANDOM.normal(size=(20, 30)), RANDOM.normal(size=(30, 40))
    first, second = (edge.local_gradient for edge in draw(Tensor(a) @ Tensor(b)).edges[:2])
    assert first == f"Jacobian 20×40 by 20×30, norm {np.sqrt(20) * np.linalg.norm(b):.4g}"
    assert second == f"Jacobian 20×40 by 30×40, norm {np.sqrt(40) * np.linalg.norm(a):.4g}"


def test_the_norm_of_a_large_jacobian_is_estimated_to_one_digit_and_marked() -> None:
    text = local_gradient(draw(np.cumsum(Tensor(RANDOM.normal(size=100)), axis=0)))
    start, _, number = text.rpartition("≈")
    assert start == "Jacobian 100 by 100, norm "
    assert float(number) == pytest.approx(np.linalg.norm(np.tri(100)), rel=0.5)


@pytest.mark.parametrize("factor", [1e160, 1e-170])
def test_squares_of_large_and_small_gradients_neither_overflow_nor_vanish(factor: float) -> None:
    t = Tensor(np.full((3, 3), 2.0), name="t")
    y = (t * factor).sum()
    y.backward()
    diagram = draw(y)
    assert diagram.nodes[0].grad == f"norm {3 * factor:.4g}"
    assert diagram.nodes[0].size == pytest.approx(3 * factor)
    assert local_gradient(diagram) == f"Jacobian 3×3 by 3×3, norm {3 * factor:.4g}"


def test_a_mean_does_not_overflow_where_a_sum_would() -> None:
    assert result(draw(Tensor(np.full((3, 3), 1e308)))).details == ("min 1e+308, mean 1e+308, max 1e+308",)


@pytest.mark.parametrize(
    ("constant", "text"),
    [
        (np.float32(0.5), "0.5"),
        (np.array(0.5), "0.5"),
        (np.array([0.5]), "0.5"),
        (np.array([0.5, 0.25, 2.0]), "[0.5, 0.25, 2]"),
        (np.ones((2, 3)), "array(2×3)"),
    ],
)
def test_a_constant_is_written_out_or_is_named_as_an_array_but_never_by_its_shape_alone(
    constant: np.ndarray, text: str
) -> None:
    t = Tensor([1.0, 2.0, 3.0], name="t")
    assert next(edge.formula for edge in draw(t * constant).edges) == f"∂v1/∂t = {text}"
    inverse = "2" if text == "0.5" else f"1/{text}"  # what is made of numbers alone is worked out
    assert next(edge.formula for edge in draw(t / constant).edges) == f"∂v1/∂t = {inverse}"


def test_the_shape_of_a_jacobian_is_not_said_to_be_the_value_of_a_formula() -> None:
    dot = draw(Tensor([1.0, 2.0]).exp()).to_string("dot")
    assert "<b>Jacobian 2 by 2" in dot


def test_values_and_tensors_meet() -> None:
    v = Value(2.0, name="v")
    diagram = draw(v * Tensor([1.0, 2.0]))
    assert [edge.local_gradient for edge in diagram.edges[:2]] == [
        "Jacobian 2 by 1, norm 2.236",
        "Jacobian 2 by 2, norm 2.828",
    ]
    assert [edge for edge in diagram.edges if edge.number is not None] == []


def test_numbers_can_be_left_out() -> None:
    diagram = draw(Tensor([1.0, 2.0]).exp(), numbers=False)
    assert {(node.data, node.details, node.thumbnail) for node in diagram.nodes} == {("", (), None)}
    assert {edge.local_gradient for edge in diagram.edges} == {""}


# Heat maps


def test_a_thumbnail_has_the_elements_in_rows() -> None:
    assert thumbnail(np.array([[1.0, 2.0], [3.0, 4.0]])) == ((1.0, 2.0), (3.0, 4.0))
    assert thumbnail(np.array([1.0, 2.0])) == ((1.0, 2.0),)
    assert np.shape(thumbnail(np.zeros((2, 3, 4)))) == (6, 4)


def test_one_number_has_none() -> None:
    assert thumbnail(np.array(3.0)) is None
    assert thumbnail(np.array([3.0])) is None


@pytest.mark.parametrize("shape", [(64, 96), (33, 100), (1000, 2), (5, 784)])
def test_a_large_array_is_shown_by_the_means_of_blocks(shape: tuple[int, int]) -> None:
    array = RANDOM.normal(size=shape)
    small = np.array(thumbnail(array))
    assert small.shape == tuple(min(length, 32) for length in shape)
    down, across = (np.linspace(0, length, min(length, 32), endpoint=False).astype(int)[1:] for length in shape)
    expected = [[block.mean() for block in np.split(row, across, axis=1)] for row in np.split(array, down)]
    np.testing.assert_allclose(small, expected, atol=1e-12)


def test_zero_is_white_the_largest_has_the_full_colour_and_signs_have_hues_of_their_own() -> None:
    assert pixels(((0.0, 2.0, -2.0, 1.0),))[0].tolist() == [
        [255, 255, 255],
        [213, 94, 0],
        [0, 114, 178],
        [234, 174, 128],
    ]


def test_what_is_not_finite_is_grey() -> None:
    assert pixels(((np.nan, 1.0), (np.inf, -1.0)))[:, 0].tolist() == [[128, 128, 128]] * 2


def test_the_svg_holds_the_heat_map_inside_its_node() -> None:
    w = Tensor(RANDOM.normal(size=(3, 4)), name="W")
    diagram = draw(w.exp())
    root = ElementTree.fromstring(diagram.to_string("svg"))
    (group,) = (element for element in root.iter(f"{SVG}g") if element.get("id") == diagram.nodes[0].id)
    (image,) = group.iter(f"{SVG}image")
    assert image.get("href") == heat_map(diagram.nodes[0].thumbnail or ())
    assert float(image.get("width", "0")) / float(image.get("height", "1")) == pytest.approx(4 / 3, rel=0.1)


def test_pictures_of_pixels_have_no_empty_room_for_it() -> None:
    assert "#010203" not in draw(Tensor([1.0, 2.0])).to_string("dot")
    assert "#010203" not in draw(Tensor([1.0, 2.0])).to_string("svg")


def test_edges_are_plain_data() -> None:
    assert Edge("a", "b") == Edge("a", "b", "", "", None, None, False)
