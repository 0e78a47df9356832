import sys

import numpy as np
import pytest
from matplotlib import colors, pyplot, style
from matplotlib.figure import Figure

import nn
from autograd import ArgumentError, MissingExtraError, SizeError, Tensor, Value
from nn.plots.axes import COLORS, wrapped

MATRIX = [[5, 1], [0, 4]]
X, Y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), [0, 0, 0, 1]
LONG = "encoder.blocks[11].attention.output.dense.weight"
PLOTS = {
    "plot_history": lambda **s: nn.plot_history({"loss": [2.0, 1.0], f"{LONG} accuracy": [0.1, np.nan]}, **s),
    "plot_confusion_matrix": lambda **s: nn.plot_confusion_matrix(MATRIX, labels=[LONG, "b"], **s),
    "plot_decision_boundary": lambda **s: nn.plot_decision_boundary(
        lambda points: points[:, 0] > 0.5, X, Y, labels=[LONG, "b"], resolution=9, **s
    ),
    "plot_gradients": lambda **s: nn.plot_gradients({f"{LONG}{i}": [0.1**i] for i in range(9)} | {"dead": [0.0]}, **s),
    "plot_activations": lambda **s: nn.plot_activations({f"{LONG}{i}": [0.0, i] for i in range(9)}, **s),
}
each_plot = pytest.mark.parametrize("plot", PLOTS)


def texts(labels):
    return [label.get_text() for label in labels]


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colors.to_rgb(color)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@each_plot
def test_without_axes_a_figure_is_made_that_pyplot_does_not_keep(plot):
    assert isinstance(PLOTS[plot]().figure, Figure)
    assert pyplot.get_fignums() == []


@each_plot
def test_a_notebook_shows_it(plot):
    ax = PLOTS[plot]()
    assert ax._repr_png_().startswith(b"\x89PNG")
    assert ax._repr_png_() == ax.figure._repr_png_()


@each_plot
def test_it_saves_its_figure_as_the_ending_says(plot, tmp_path):
    file = PLOTS[plot]().save(tmp_path / "plot.svg")
    assert file == tmp_path / "plot.svg"
    assert "<svg" in file.read_text(encoding="utf-8")
    assert PLOTS[plot]().save(str(tmp_path / "plot.PNG"), dpi=20).read_bytes().startswith(b"\x89PNG")


def test_it_saves_in_no_unknown_format_and_no_missing_folder(tmp_path):
    ax = nn.plot_history({"loss": [1.0]})
    with pytest.raises(ArgumentError, match=r"a plot is saved as one of .*\.png, .*'.*plot\.txt' ends with '\.txt'"):
        ax.save(tmp_path / "plot.txt")
    with pytest.raises(ArgumentError, match=r"there is no folder '.*new' to save 'plot\.png' in; make it first"):
        ax.save(tmp_path / "new" / "plot.png")
    assert not list(tmp_path.iterdir())


@each_plot
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_given_axes_are_drawn_in_and_returned(plot, layout):
    ax = Figure(layout=layout).subplots(1, 2)[1]
    assert PLOTS[plot](ax=ax) is ax
    assert ax.has_data()


@each_plot
def test_what_is_no_axes_is_refused(plot):
    with pytest.raises(ArgumentError, match=r"ax must be matplotlib Axes, such as .* not ndarray"):
        PLOTS[plot](ax=Figure().subplots(1, 2))


@each_plot
def test_without_matplotlib_the_extra_is_named(plot, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(
        MissingExtraError, match=rf"{plot} needs an optional dependency: pip install 'glassgrad\[plot\]"
    ):
        PLOTS[plot]()


@each_plot
@pytest.mark.parametrize("look", ["default", "dark_background"])
def test_nothing_is_cut_and_text_is_seen_on_light_and_dark(plot, look):
    with style.context(look):
        ax = PLOTS[plot]()
    figure = ax.figure
    figure.draw_without_rendering()
    inside, drawn = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert inside.x0 <= drawn.x0 < drawn.x1 <= inside.x1
    assert inside.y0 <= drawn.y0 < drawn.y1 <= inside.y1
    ground = luminance(figure.get_facecolor())
    for text in [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]:
        assert abs(luminance(text.get_color()) - ground) > 0.9
        assert text.get_fontsize() >= 8


def test_the_first_colours_have_a_contrast_of_three_with_white_and_black():
    for color in COLORS[:6]:
        assert 1.05 / (luminance(color) + 0.05) >= 3
        assert (luminance(color) + 0.05) / 0.05 >= 3


def test_long_names_break_where_their_parts_end():
    assert wrapped(LONG, 24) == "encoder.blocks[11].\nattention.output.dense.\nweight"
    assert wrapped("one word and another", 10) == "one word\nand\nanother"


# the learning curve


def test_losses_stand_on_the_left_axis_and_metrics_on_the_right():
    history = {"loss": [3.0, 2.0, 1.0], "validation loss": [3.0, 2.5, 2.0], "accuracy": [0.1, 0.5, 0.9]}
    ax = nn.plot_history(history)
    left, right = ax.figure.axes
    assert left is ax
    assert [line.get_label() for line in left.lines] == ["loss", "validation loss"]
    assert [line.get_label() for line in right.lines] == ["accuracy"]
    assert (left.get_xlabel(), left.get_ylabel(), right.get_ylabel()) == ("epoch", "loss", "accuracy")
    for line in [*left.lines, *right.lines]:
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(line.get_ydata(), history[line.get_label()])
    assert texts(right.get_legend().get_texts()) == list(history)


def test_metrics_alone_need_no_second_axis():
    ax = nn.plot_history({"error rate": [0.5, 0.1], "R2": [0.5, 0.9]})
    assert ax.figure.axes == [ax]
    assert ax.get_ylabel() == "metric"


@pytest.mark.parametrize(
    ("training", "validation"),
    [
        ("loss", "validation loss"),
        ("training loss", "test loss"),
        ("train_loss", "val_loss"),
        ("F1 (train)", "F1 (val)"),
    ],
)
def test_curves_of_one_quantity_share_a_colour_and_differ_in_style(training, validation):
    first, second = nn.plot_history({training: [1.0, 2.0], validation: [2.0, 3.0]}).lines
    assert first.get_color() == second.get_color()
    assert first.get_linestyle() != second.get_linestyle()


def test_what_is_not_finite_leaves_a_gap_and_a_lone_point_a_mark():
    ax = nn.plot_history({"loss": [1.0, None, 2.0, np.inf, 3.0, 4.0]})
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_ydata(), [1.0, np.nan, 2.0, np.nan, 3.0, 4.0])
    assert line.get_markevery() == [0, 2]
    assert line.get_marker() == "o"


def test_one_epoch_is_a_point_at_one():
    ax = nn.plot_history({"loss": [1.0]})
    assert ax.lines[0].get_markevery() == [0]
    assert [tick for tick in ax.get_xticks() if 0.5 <= tick <= 1.5] == [1]


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        ({}, ArgumentError, "history holds nothing to plot"),
        ({"loss": []}, ArgumentError, "history holds nothing to plot"),
        ({"loss": [np.nan]}, ArgumentError, "history holds nothing to plot: there is no finite number in it"),
        ([1.0, 2.0], ArgumentError, "history must be a mapping of names to numbers an epoch, not list"),
        ({"loss": ["a"]}, ArgumentError, r"history\['loss'\] must be numbers, one an epoch"),
        ({"loss": [[1.0]]}, SizeError, r"history\['loss'\] must be one number an epoch, not of shape \(1, 1\)"),
        ({"loss": [1.0], "accuracy": [1.0, 2.0]}, SizeError, "as many epochs for each name, but has: 'loss' 1, 'accur"),
    ],
)
def test_a_history_that_cannot_be_drawn_is_refused(history, error, message):
    with pytest.raises(error, match=message):
        nn.plot_history(history)


# the confusion matrix


def test_the_cells_hold_their_counts_and_the_axes_the_names():
    ax = nn.plot_confusion_matrix(MATRIX, labels=["no", "yes"])
    np.testing.assert_array_equal(ax.images[0].get_array(), MATRIX)
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "5",
        (1, 0): "1",
        (0, 1): "0",
        (1, 1): "4",
    }
    assert texts(ax.get_xticklabels()) == texts(ax.get_yticklabels()) == ["no", "yes"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_normalized_each_row_sums_to_one_and_an_empty_row_is_zero():
    ax = nn.plot_confusion_matrix([[3, 1], [0, 0]], normalize=True)
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0.0, 0.0]]
    assert texts(ax.texts) == ["0.75", "0.25", "0.00", "0.00"]


def test_weights_are_written_short():
    assert texts(nn.plot_confusion_matrix([[0.123456, 1234.5], [2.0, 0]]).texts) == ["0.123", "1234", "2", "0"]


@pytest.mark.parametrize("matrix", [[[0, 10], [5, 7]], np.eye(10, dtype=int) * 100])
def test_numbers_have_contrast_with_their_cells(matrix):
    ax = nn.plot_confusion_matrix(matrix)
    image = ax.images[0]
    for text in ax.texts:
        column, row = text.get_position()
        cell, ink = (luminance(c) for c in (image.cmap(image.norm(image.get_array()[row, column])), text.get_color()))
        assert (max(cell, ink) + 0.05) / (min(cell, ink) + 0.05) >= 4.5


def test_numbers_that_would_be_too_small_to_read_are_left_out():
    ax = Figure(figsize=(2, 2)).add_subplot()
    assert not nn.plot_confusion_matrix(np.full((30, 30), 10**6), ax=ax).texts


@pytest.mark.parametrize(
    ("matrix", "labels", "error", "message"),
    [
        ([[1, 2]], None, SizeError, r"matrix must be square, .* not of shape \(1, 2\)"),
        (np.zeros((0, 0)), None, SizeError, r"matrix must be square, .* not of shape \(0, 0\)"),
        ([[1, -2], [0, 0]], None, ArgumentError, "matrix must hold counts"),
        ([[1, np.nan], [0, 0]], None, ArgumentError, "matrix must hold counts"),
        (MATRIX, ["a"], SizeError, "labels must name each of 2 classes, but there are 1 names"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix, labels, error, message):
    with pytest.raises(error, match=message):
        nn.plot_confusion_matrix(matrix, labels)


# the decision boundary


def boundary(ax):
    """The corners of the line drawn, each once."""
    return np.concatenate([path for c in ax.collections for path in paths_of_lines(c)])


def paths_of_lines(collection):
    is_line = type(collection).__name__ == "QuadContourSet" and not collection.filled
    return [path.vertices for path in collection.get_paths() if len(path.vertices)] if is_line else []


PREDICTIONS = {
    "classes": lambda points: (points[:, 0] > 0.5).astype(int),
    "booleans": lambda points: points[:, 0] > 0.5,
    "a logit": lambda points: 8 * points[:, 0] - 4,
    "a column of logits": lambda points: 8 * points[:, :1] - 4,
    "a probability": lambda points: 1 / (1 + np.exp(4 - 8 * points[:, 0])),
    "a score of each class": lambda points: np.stack([0.5 - points[:, 0], points[:, 0] - 0.5], axis=1),
    "a Tensor": lambda points: Tensor(points[:, 0] - 0.5),
    "Values": lambda points: [Value(a - 0.5) for a in points[:, 0].tolist()],
}


@pytest.mark.parametrize("kind", PREDICTIONS)
def test_the_boundary_lies_where_the_class_changes(kind):
    ax = nn.plot_decision_boundary(PREDICTIONS[kind], X, [0, 1, 0, 1], resolution=30)
    step = 1.16 / 29
    np.testing.assert_allclose(boundary(ax)[:, 0], 0.5, atol=step)


def test_a_threshold_moves_the_boundary_of_a_score():
    ax = nn.plot_decision_boundary(lambda points: points[:, 1], X, Y, threshold=0.25, resolution=30)
    np.testing.assert_allclose(boundary(ax)[:, 1], 0.25)


def test_the_samples_stand_where_they_are_in_a_colour_and_a_shape_for_each_class():
    ax = nn.plot_decision_boundary(
        PREDICTIONS["classes"], X, Y, labels=["no", "yes"], feature_names=["height", "width"]
    )
    no, yes = (c for c in ax.collections if type(c).__name__ == "PathCollection")
    np.testing.assert_array_equal(no.get_offsets(), X[:3])
    np.testing.assert_array_equal(yes.get_offsets(), X[3:])
    assert no.get_paths()[0].vertices.shape != yes.get_paths()[0].vertices.shape
    assert texts(ax.get_legend().get_texts()) == ["no", "yes"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("height", "width")


def test_classes_may_be_text_and_may_be_predicted_without_a_sample():
    def predict(points):
        return np.where(points[:, 0] > 0.5, "dog", np.where(points[:, 1] > 0.5, "cat", "owl"))

    ax = nn.plot_decision_boundary(predict, X, ["cat", "dog", "cat", "dog"], resolution=9)
    assert texts(ax.get_legend().get_texts()) == ["cat", "dog", "owl"]


def test_columns_of_scores_are_class_indices_where_a_class_has_no_sample():
    ax = nn.plot_decision_boundary(lambda points: points @ [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]], X, [0, 2, 2, 2])
    assert texts(ax.get_legend().get_texts()) == ["0", "1", "2"]


def test_one_class_everywhere_has_no_boundary():
    ax = nn.plot_decision_boundary(lambda points: np.ones(len(points), int), X, [1] * 4)
    assert not any(paths_of_lines(c) for c in ax.collections)


def test_a_feature_without_spread_is_given_some():
    ax = nn.plot_decision_boundary(PREDICTIONS["a logit"], X * [1.0, 0.0], Y, resolution=9)
    assert ax.get_ylim() == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("predict", "x", "y", "settings", "error", "message"),
    [
        (
            PREDICTIONS["classes"],
            np.ones((4, 3)),
            Y,
            {},
            SizeError,
            r"draws samples of two features, but x has .*\(4, 3",
        ),
        (PREDICTIONS["classes"], X * np.nan, Y, {}, ArgumentError, "x must be finite numbers"),
        (PREDICTIONS["classes"], X, [0], {}, SizeError, "y must be one class for each of 4 samples, but there are 1"),
        (PREDICTIONS["classes"], X, [0.5] * 4, {}, ArgumentError, "y must be labels, but holds 0.5"),
        (lambda points: [1, 2], X, Y, {}, SizeError, r"predict must return a class or scores for each of 81 points"),
        (lambda points: points[:, 0] * np.nan, X, Y, {}, ArgumentError, "predict returned inf or nan"),
        (
            lambda points: np.ones((81, 3)),
            X,
            list("abab"),
            {},
            SizeError,
            r"each class of y, \['a', 'b'\], not for 3 cl",
        ),
        (PREDICTIONS["classes"], X, Y, {"labels": ["a"]}, SizeError, r"labels must name each of 2 classes \[0, 1\]"),
        (PREDICTIONS["classes"], X, Y, {"feature_names": ["a"]}, SizeError, "feature_names must be two, not 1"),
    ],
)
def test_what_has_no_decision_boundary_is_refused(predict, x, y, settings, error, message):
    with pytest.raises(error, match=message):
        nn.plot_decision_boundary(predict, x, y, resolution=9, **settings)


# gradients by layer


def test_each_layer_has_the_norm_of_its_gradient_on_a_logarithmic_axis():
    ax = nn.plot_gradients({"a": [[3.0, 0.0], [0.0, 4.0]], "b": Tensor([0.01])})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [5.0, 0.01])
    assert ax.get_yscale() == "log"
    assert texts(ax.get_xticklabels()) == ["a", "b"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("layer", "norm of the gradient")


def test_the_norm_neither_overflows_nor_vanishes_where_squares_do():
    ax = nn.plot_gradients({"large": [3e300, 4e300], "small": [3e-300, 4e-300], "a": [1e-80, 0.0]})
    assert {text.xy: text.get_text() for text in ax.texts} == {(0, 1.0): "5e+300", (1, 0.0): "5e-300"}
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [np.nan, np.nan, 1e-80])


def test_a_module_is_drawn_by_its_layers():
    model = nn.MLP(2, [3, 2, 1], seed=0)
    model([1.0, -1.0]).backward()
    ax = nn.plot_gradients(model)
    by_hand = [np.linalg.norm([p.grad for p in layer.parameters()]) for layer in model.layers]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), by_hand)
    assert texts(ax.get_xticklabels()) == ["layers[0]", "layers[1]", "layers[2]"]


def test_a_module_that_is_one_layer_is_called_by_its_kind():
    neuron = nn.Neuron(2, seed=0)
    neuron([1.0, 2.0]).backward()
    assert texts(nn.plot_gradients(neuron).get_xticklabels()) == ["Neuron"]


def test_zero_and_what_is_not_finite_are_written_at_the_edges():
    ax = nn.plot_gradients({"a": [1.0], "dead": [0.0, 0.0], "b": [np.inf, 1.0], "c": [np.nan]})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1.0, np.nan, np.nan, np.nan])
    assert {text.xy: text.get_text() for text in ax.texts} == {(1, 0.0): "0", (2, 1.0): "inf", (3, 1.0): "nan"}


def test_networks_are_compared_on_the_same_axes():
    ax = nn.plot_gradients({"a": [1.0], "b": [2.0]}, label="sigmoid")
    nn.plot_gradients({"a": [3.0], "b": [4.0]}, label="relu", ax=ax)
    assert texts(ax.get_legend().get_texts()) == ["sigmoid", "relu"]
    assert len({line.get_color() for line in ax.lines}) == len({line.get_marker() for line in ax.lines}) == 2


def test_names_that_would_overlap_are_slanted_and_thinned():
    ax = nn.plot_gradients({f"layers[{i}].weight": [1.0] for i in range(100)})
    assert ax.get_xticklabels()[0].get_rotation() == 45
    assert 10 < len(ax.get_xticks()) < 60


@pytest.mark.parametrize(
    ("gradients", "error", "message"),
    [
        ({}, ArgumentError, "gradients hold nothing to plot: there is no layer"),
        ([1.0], ArgumentError, "gradients must be a mapping of layer names to arrays, not list"),
        ({"a": None}, ArgumentError, r"gradients\['a'\] must be numbers, not NoneType: no backward\(\) has reached it"),
        ({"a": "x"}, ArgumentError, r"gradients\['a'\] must be numbers, not str"),
        ({"a": []}, SizeError, r"gradients\['a'\] must hold at least one number, but has shape \(0,\)"),
        (nn.MLP(1, [1]), ArgumentError, r"MLP has no gradient to plot: call backward\(\) of a loss first"),
    ],
)
def test_gradients_that_cannot_be_drawn_are_refused(gradients, error, message):
    with pytest.raises(error, match=message):
        nn.plot_gradients(gradients)


# activations by layer


def test_each_layer_has_its_histogram_in_shared_bins():
    layers = {"a": np.array([0.0, 0.1, 0.9]), "b": np.array([[0.5, 1.0]])}
    ax = nn.plot_activations(layers, bins=4)
    for position, (steps, array) in enumerate(zip(ax.patches, layers.values(), strict=True)):
        counts, edges = np.histogram(array, bins=4, range=(0.0, 1.0))
        data = steps.get_data()
        np.testing.assert_allclose(data.edges, edges)
        np.testing.assert_allclose(data.values - data.baseline, 0.84 * counts / counts.max())
        assert position - 0.5 < data.baseline < data.values.max() < position + 0.5
    assert texts(ax.get_xticklabels()) == ["a", "b"]
    assert ax.get_ylabel() == "activation"


def test_activations_that_cannot_be_drawn_are_counted():
    ax = nn.plot_activations({"a": [0.0, 1.0, np.nan, np.inf, -1e300], "b": [np.nan]})
    assert texts(ax.get_xticklabels()) == ["a\n3 nan or huge", "b\n1 nan or huge"]


@pytest.mark.parametrize("numbers", [[0.0, 0.0], [7.0], [1e16, 1e16 + 2], [0.0, 5e-324]])
def test_activations_that_are_all_the_same_fill_one_bin(numbers):
    data = nn.plot_activations({"dead": numbers}, bins=5).patches[0].get_data()
    assert np.count_nonzero(data.values > data.baseline) == 1


@pytest.mark.parametrize(
    ("activations", "error", "message"),
    [
        ({}, ArgumentError, "activations hold nothing to plot: there is no layer"),
        (
            {"a": [np.nan]},
            ArgumentError,
            "activations hold nothing to plot: there is no number in them that is neither",
        ),
        ({"a": []}, SizeError, r"activations\['a'\] must hold at least one number"),
        ({"a": None}, ArgumentError, r"activations\['a'\] must be numbers, not NoneType$"),
    ],
)
def test_activations_that_cannot_be_drawn_are_refused(activations, error, message):
    with pytest.raises(error, match=message):
        nn.plot_activations(activations)
