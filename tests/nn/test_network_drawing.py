"""model.draw() shows a chain of dense layers as columns of neurons, and a history of it as a filmstrip."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import colors, pyplot, style
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

import nn
from autograd import ArgumentError, MissingExtraError, SizeError
from nn.plots.network import BEYOND, NEGATIVE, POSITIVE
from nn.plots.plan import apart

X, Y = nn.datasets.moons(40, 0.1, seed=0)[:2]


def mlp() -> nn.MLP:
    return nn.MLP(3, [4, 2], output="sigmoid", seed=0)


def sequential() -> nn.Sequential:
    """A network of Tensors with the weights of the one of Values above."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2), nn.Sigmoid())
    for linear, layer in zip((model[0], model[2]), mlp().layers, strict=True):
        linear.weight.data = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        linear.bias.data = np.array([neuron.b.data for neuron in layer.neurons])
    return model


KINDS = {"Values": mlp, "Tensors": sequential}
each_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


def trained(epochs: int = 5, every: int = 2, **options: Any) -> tuple[nn.MLP, nn.History]:
    model = nn.MLP(2, [3, 2], seed=0)
    adam = nn.Adam(model.parameters(), lr=0.05)
    settings = {"callbacks": [nn.Snapshots(every)], "seed": 0, "progress": False} | options
    return model, nn.fit(model, X, Y, loss=nn.cross_entropy, optimizer=adam, epochs=epochs, **settings)


def circles(ax: Any) -> list[Circle]:
    return [patch for patch in ax.patches if isinstance(patch, Circle)]


def edges(ax: Any) -> list[LineCollection]:
    return [c for c in ax.collections if isinstance(c, LineCollection) and c.get_array() is not None]


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def weights_drawn(ax: Any) -> list[np.ndarray]:
    """Between two columns each: a row for each neuron to the right, from the top, a column for each to the left."""
    found = []
    for lines in edges(ax):
        numbers = dict(zip(map(ends, lines.get_segments()), lines.get_array().tolist(), strict=True))
        left = sorted({a for a, _ in numbers}, reverse=True)
        right = sorted({b for _, b in numbers}, reverse=True)
        found.append(np.array([[numbers[a, b] for a in left] for b in right]))
    return found


def ends(segment: np.ndarray) -> tuple[float, float]:
    return round(float(segment[0, 1]), 6), round(float(segment[1, 1]), 6)


# What is drawn ------------------------------------------------------------------------------------------------------


@each_kind
def test_every_neuron_is_a_circle_and_every_weight_an_edge_at_its_place(make: Any) -> None:
    ax = make().draw()
    assert len(circles(ax)) == 3 + 4 + 2
    expected = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in mlp().layers]
    for drawn, weights in zip(weights_drawn(ax), expected, strict=True):
        np.testing.assert_array_equal(drawn, weights)


@each_kind
def test_above_each_column_stand_its_size_and_its_activation(make: Any) -> None:
    assert [text for text in texts(make().draw()) if text[0].isdigit() and " " in text] == [
        "3 inputs",
        "4 tanh",
        "2 sigmoid",
    ]


def test_networks_of_values_and_of_tensors_give_the_same_picture() -> None:
    pictures = []
    for make in KINDS.values():
        file = io.BytesIO()
        make().draw([0.5, -1.0, 2.0]).figure.savefig(file, format="png")
        pictures.append(file.getvalue())
    assert pictures[0] == pictures[1]


def test_the_colours_run_from_the_largest_negative_weight_over_the_ground_to_the_largest_positive_one() -> None:
    model = nn.Linear(3, 1, bias=False)
    model.weight.data = np.array([[-2.0, 0.0, 2.0]])
    (lines,) = edges(model.draw())
    assert lines.get_array().tolist() == [0.0, -2.0, 2.0]  # the largest last, which is on top
    lines.update_scalarmappable()
    seen = [colors.to_hex(color) for color in lines.get_colors()]
    assert seen[1:] == [NEGATIVE, POSITIVE]
    assert min(colors.to_rgb(seen[0])) > 0.8
    assert list(lines.get_linewidths()) == [0.5, 3.0, 3.0]


def test_a_neuron_is_filled_by_its_bias_on_the_scale_of_the_weights() -> None:
    model = nn.Linear(1, 2)
    model.weight.data, model.bias.data = np.array([[4.0], [-1.0]]), np.array([4.0, 0.0])
    ax = model.draw()
    (lines,) = edges(ax)
    _, first, second = (circle.get_facecolor() for circle in circles(ax))
    assert colors.to_hex(first) == POSITIVE
    assert second == pytest.approx(lines.cmap(0.5))
    assert ax.figure.axes[-1].get_ylabel() == "weight (lines) and bias (circles)"


def test_small_networks_show_the_numbers_of_weights_and_biases() -> None:
    model = nn.Linear(2, 1)
    model.weight.data, model.bias.data = np.array([[0.123, -1234.5]]), np.array([4e-7])
    assert texts(model.draw())[:3] == ["2 inputs", "0.12", "-1234"]
    assert "4e-7" in texts(model.draw())
    assert "0.12" not in texts(model.draw(numbers=False))


def test_numbers_can_be_asked_for_and_are_left_out_where_they_would_overlap() -> None:
    model = nn.MLP(2, [9, 9, 1], seed=0)
    assert len(model.draw().texts) == 4
    written = texts(model.draw(numbers=True))
    first, second = (f"{layer.neurons[0].w[0].data:.2f}" for layer in model.layers[:2])
    assert first in written
    assert len(written) == 4 + 2 * 9 + 9 + 19  # titles, weights without the 81 of the second layer, biases
    assert second not in written or second == first


def test_numbers_stand_where_edges_are_farthest_apart() -> None:
    """Two sources at ±1 and targets at ±3 and ±1: a third of the way before them all are equally far apart."""
    starts, targets = np.tile([1.0, -1.0], 4), np.repeat([3.0, 1.0, -1.0, -3.0], 2)
    part, gap = apart(starts, targets, enough=9.0)
    assert part == pytest.approx(2 / 3, abs=0.01)
    assert gap == pytest.approx(2 / 3, abs=0.03)
    assert apart(np.array([1.0, -1.0]), np.array([1.0, -1.0]), enough=0.5) == (0.5, 0.5)


def test_inputs_and_outputs_are_named() -> None:
    names = {"feature_names": ["a", "$b", "c"], "labels": ["no", "yes"]}
    assert {"a", "$b", "c", "no", "yes"} <= set(texts(mlp().draw(**names)))


def test_what_stands_between_dense_layers_is_a_band_or_a_step_before_the_activation() -> None:
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(4, 30), nn.BatchNorm1d(30), nn.ReLU(), nn.Dropout(0.5), nn.Sequential(nn.Linear(30, 2))
    )
    ax = model.draw()
    assert [text for text in texts(ax) if "more" not in text] == [
        "Flatten",
        "4 inputs",
        "Dropout(0.5)",
        "30 BatchNorm1d(30), relu",
        "2 identity",
    ]
    assert sum(isinstance(patch, Rectangle) for patch in ax.patches) == 2


def test_of_wide_columns_the_first_and_the_last_are_shown_and_the_others_counted() -> None:
    model = nn.Linear(784, 30, seed=0)
    ax = model.draw(max_neurons=7)
    assert len(circles(ax)) == 5 + 5
    assert {"784 inputs", "30 identity", "779 more", "25 more"} <= set(texts(ax))
    kept_in, kept_out = [0, 1, 2, 782, 783], [0, 1, 2, 28, 29]
    np.testing.assert_array_equal(weights_drawn(ax)[0], model.weight.data[np.ix_(kept_out, kept_in)])
    assert len(circles(nn.Linear(16, 17).draw())) == 16 + 14


def test_numbers_that_are_not_finite_have_a_colour_of_their_own() -> None:
    model = nn.Linear(2, 1)
    model.weight.data = np.array([[np.nan, 1.0]])
    ax = model.draw()
    (lines,) = edges(ax)
    lines.update_scalarmappable()
    assert colors.to_hex(lines.get_colors()[list(lines.get_array().mask).index(True)]) == BEYOND
    assert ax.figure.axes[-1].get_ylabel().endswith("purple: nan or beyond 1e100")


@pytest.mark.parametrize("number", [0.0, 5e-324, 1e308, -np.inf])
def test_any_weights_can_be_drawn(number: float) -> None:
    model = nn.Linear(2, 2)
    model.weight.data = np.full((2, 2), number)
    model.draw([1.0, 1.0]).figure.draw_without_rendering()


# A sample -----------------------------------------------------------------------------------------------------------


@each_kind
def test_for_a_sample_each_neuron_shows_what_it_puts_out(make: Any) -> None:
    x = np.array([0.5, -1.0, 2.0])
    ax = make().draw(x, numbers=False)
    hidden = np.tanh(sequential()[0].weight.data @ x + sequential()[0].bias.data)
    outputs = np.array([y.data for y in mlp()(x)])
    shown = [text for text in texts(ax) if " " not in text]
    assert shown == [f"{y:.2f}" for y in [*x, *hidden, *outputs]]


def test_the_fill_for_a_sample_is_relative_to_the_largest_output_of_the_column() -> None:
    ax = nn.Linear(2, 1).draw([50.0, -50.0])
    assert [colors.to_hex(circle.get_facecolor()) for circle in circles(ax)[:2]] == [POSITIVE, NEGATIVE]
    assert ax.figure.axes[-1].get_ylabel() == "weight"


def test_a_sample_goes_through_norms_and_past_dropout() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, seed=0), nn.BatchNorm1d(2), nn.Dropout(0.5, seed=0), nn.ReLU())
    model[2].running_mean = np.array([5.0, -5.0])
    x = np.arange(4.0).reshape(2, 2)
    expected = model.eval()(x[None]).numpy()[0]
    model.train()
    assert texts(model.draw(x, numbers=False))[-3:-1] == [f"{y:.2f}" if y else "0" for y in expected]


@pytest.mark.parametrize("x", [[1.0, 2.0], np.ones((2, 3)), 1.0])
@each_kind
def test_what_is_not_one_sample_is_refused(make: Any, x: Any) -> None:
    with pytest.raises(SizeError, match="x must be one sample of 3 numbers, not an array of shape"):
        make().draw(x)


# Gradients ----------------------------------------------------------------------------------------------------------


def test_edges_can_be_coloured_by_the_gradients() -> None:
    for model, of in ((mlp(), lambda y: y[0] + y[1]), (sequential(), np.sum)):
        of(model([0.5, -1.0, 2.0])).backward()
        ax = model.draw(color="gradient")
        layers = [model[0].weight.grad, model[2].weight.grad] if isinstance(model, nn.Sequential) else None
        layers = layers or [[[w.grad for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
        for drawn, gradients in zip(weights_drawn(ax), layers, strict=True):
            np.testing.assert_array_equal(drawn, gradients)
        assert ax.figure.axes[-1].get_ylabel() == "gradient of weight (lines) and bias (circles)"


def test_the_words_beside_the_colours_are_not_cut_for_a_single_neuron() -> None:
    neuron = nn.Neuron(2, seed=0)
    neuron([0.5, -1.0]).backward()
    figure = neuron.draw(color="gradient").figure
    figure.savefig(io.BytesIO())
    words = figure.axes[-1].yaxis.label.get_window_extent()
    assert figure.bbox.y0 <= words.y0
    assert words.y1 <= figure.bbox.y1


def test_the_words_beside_the_colours_are_not_cut_where_they_tell_of_bad_numbers() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[0].w[0].data = float("nan")
    figure = model.draw().figure
    figure.draw_without_rendering()
    label = figure.axes[-1].yaxis.label
    assert label.get_text().endswith("purple: nan or beyond 1e100")
    assert figure.bbox.y0 <= label.get_window_extent().y0
    assert label.get_window_extent().y1 <= figure.bbox.y1


def test_a_layer_that_backward_has_not_reached_is_told() -> None:
    model = sequential()
    np.sum(model[0](np.ones((1, 3)))).backward()
    assert {"4 tanh", "2 sigmoid (no gradient)"} <= set(texts(model.draw(color="gradient")))


def test_without_backward_there_is_no_gradient_to_draw() -> None:
    with pytest.raises(ArgumentError, match=r"MLP has no gradient to draw: call backward\(\) of a loss first"):
        mlp().draw(color="gradient")


# Nothing is changed -------------------------------------------------------------------------------------------------


def test_drawing_changes_neither_numbers_nor_gradients_nor_modes_nor_the_random_state() -> None:
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.BatchNorm1d(4), nn.Dropout(0.5, seed=0), nn.Linear(4, 1, seed=0))
    model[1].eval()
    np.sum(model(np.ones((2, 3)))).backward()
    state, generator = model.state_dict(), model[2].rng.bit_generator.state
    gradients = [parameter.grad.copy() for parameter in model.parameters() if parameter.grad is not None]
    history = nn.History([{"loss": 1.0}])
    history.snapshots = {1: {place: x + 1 for place, x in state.items()}}
    model.draw(np.ones(3))
    model.draw(np.ones(3), history=history)
    for place, x in model.state_dict().items():
        np.testing.assert_array_equal(x, state[place])
    after = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    for gradient, before in zip(after, gradients, strict=True):
        np.testing.assert_array_equal(gradient, before)
    assert model[2].rng.bit_generator.state == generator
    assert [module.training for module in model] == [True, False, True, True]
    assert pyplot.get_fignums() == []


# The filmstrip ------------------------------------------------------------------------------------------------------


def test_snapshots_are_those_before_the_first_epoch_of_every_nth_and_of_the_last() -> None:
    model, history = trained(epochs=5, every=2)
    assert list(history.snapshots) == [0, 2, 4, 5]
    start = nn.MLP(2, [3, 2], seed=0).state_dict()
    for place, x in model.state_dict().items():
        assert history.snapshots[0][place] == start[place]
        assert history.snapshots[5][place] == x
    assert history.snapshots[2] == trained(epochs=2)[0].state_dict()


def test_without_the_callback_nothing_is_kept() -> None:
    assert trained(epochs=1, callbacks=[])[1].snapshots == {}


def test_a_resumed_run_has_the_snapshots_of_one_that_was_not_interrupted(tmp_path: Path) -> None:
    _, whole = trained(epochs=5)
    for epochs in (1, 3, 5):
        _, resumed = trained(epochs=epochs, checkpoint=tmp_path / "run.npz", resume=True)
    assert resumed.snapshots == whole.snapshots
    assert list(resumed.snapshots) == [0, 2, 4, 5]


def test_a_run_that_kept_none_can_be_resumed_with_snapshots_in_place_of_nothing(tmp_path: Path) -> None:
    trained(epochs=2, callbacks=[], checkpoint=tmp_path / "run.npz", resume=True)
    _, history = trained(epochs=4, checkpoint=tmp_path / "run.npz", resume=True)
    assert list(history.snapshots) == [4]


def test_a_filmstrip_has_a_frame_for_each_epoch_that_was_kept() -> None:
    model, history = trained(epochs=5)
    *frames, bar = model.draw(history=history).figure.axes
    assert [frame.get_title() for frame in frames] == [
        "before training",
        *(f"epoch {epoch}, loss {history['loss'][epoch - 1]:.3g}" for epoch in (2, 4, 5)),
    ]
    for frame, epoch in zip(frames, (0, 2, 4, 5), strict=True):
        state = history.snapshots[epoch]
        expected = [[state[f"layers[0].neurons[{i}].w[{j}]"] for j in range(2)] for i in range(3)]
        np.testing.assert_array_equal(weights_drawn(frame)[0], expected)
    assert bar.get_ylabel() == "weight (lines) and bias (circles)"


def test_all_frames_have_one_scale_of_colours() -> None:
    model, history = trained(epochs=4)
    *frames, _ = model.draw(history=history).figure.axes
    largest = max(float(np.abs(x)) for state in history.snapshots.values() for x in state.values())
    limits = {(lines.norm.vmin, lines.norm.vmax) for frame in frames for lines in edges(frame)}
    assert limits == {(-largest, largest)}


def test_no_more_frames_are_drawn_than_asked_for_and_the_first_and_the_last_are_among_them() -> None:
    model, history = trained(epochs=9, every=1)
    *frames, _ = model.draw(history=history, frames=4).figure.axes
    assert [frame.get_title().split(",")[0] for frame in frames] == ["before training", "epoch 3", "epoch 6", "epoch 9"]


def test_a_filmstrip_for_a_sample_shows_the_outputs_of_each_epoch() -> None:
    model, history = trained(epochs=2)
    first, last, _ = model.draw(X[0], history=history).figure.axes
    for frame, network in ((first, nn.MLP(2, [3, 2], seed=0)), (last, model)):
        assert texts(frame)[-3:-1] == [f"{y.data:.2f}" for y in network(X[0])]


# The figure ---------------------------------------------------------------------------------------------------------

MODELS = {
    "numbers": lambda: (mlp(), {"feature_names": ["a long name of an input", "b", "c"], "labels": ["no", "yes"]}),
    "wide": lambda: (
        nn.Sequential(nn.Flatten(), nn.Linear(784, 30), nn.Sigmoid(), nn.Dropout(), nn.Linear(30, 10)),
        {},
    ),
    "sample": lambda: (nn.MLP(4, [16, 16, 3], seed=0), {"x": [5.1, -3.5, 1.4, 1e-3]}),
    "film": lambda: (lambda model, history: (model, {"history": history}))(*trained(epochs=3, every=1)),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("look", ["default", "dark_background"])
def test_nothing_is_cut_and_no_text_lies_on_another(make: Any, look: str) -> None:
    model, settings = make()
    with style.context(look):
        figure = model.draw(**settings).figure
    figure.draw_without_rendering()
    inside, drawn = figure.bbox, figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert inside.x0 <= drawn.x0 < drawn.x1 <= inside.x1
    assert inside.y0 <= drawn.y0 < drawn.y1 <= inside.y1
    for ax in figure.axes[:-1]:
        boxes = [text.get_window_extent() for text in ax.texts]
        for i, box in enumerate(boxes):
            assert ax.texts[i].get_fontsize() >= 6.5
            overlaps = [other for other in boxes[:i] if box.shrunk(0.8, 0.8).overlaps(other.shrunk(0.8, 0.8))]
            assert overlaps == [], texts(ax)[i]


def test_given_axes_are_drawn_in_and_returned() -> None:
    ax = Figure(figsize=(10, 4), layout="constrained").subplots(1, 2)[1]
    assert mlp().draw(ax=ax) is ax
    assert {"3 inputs", "4 tanh", "2 sigmoid"} <= set(texts(ax))


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_in_small_axes_texts_are_small_and_other_axes_stay_free(layout: Any) -> None:
    figure = Figure(layout=layout)
    first, second = figure.subplots(1, 2)
    second.set_ylabel("loss")
    nn.MLP(2, [2, 1], seed=0).draw([1.0, 2.0], ax=first, numbers=True, labels=["yes"])
    figure.draw_without_rendering()
    assert {"2 inputs", "0.34", "1.00", "yes"} <= set(texts(first))
    assert all(text.get_fontsize() >= 6 for text in first.texts)
    assert not figure.axes[-1].get_tightbbox().overlaps(second.get_tightbbox())


def test_in_axes_however_small_numbers_that_are_asked_for_are_written() -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    assert "0.34" in texts(model.draw(ax=Figure(figsize=(1, 1)).subplots(), numbers=True))
    assert "1.00" in texts(model.draw([1.0, 2.0], ax=Figure(figsize=(1, 1)).subplots()))


def test_in_axes_without_room_texts_are_left_out() -> None:
    assert texts(mlp().draw(ax=Figure(figsize=(1, 1)).subplots())) == []


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(MissingExtraError, match=r"model.draw needs an optional dependency: .*glassgrad\[plot\]"):
        mlp().draw()


# What is refused ----------------------------------------------------------------------------------------------------


class Own(nn.Module):
    def __init__(self) -> None:
        self.linear = nn.Linear(2, 1)

    def forward(self, x: Any) -> Any:
        return self.linear(x)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 2)), r"Conv2d layers\[0\]"),
        (nn.Embedding(3, 2), "Embedding"),
        (Own(), "Own"),
    ],
)
def test_a_network_that_is_no_chain_of_dense_layers_is_refused_by_name(model: nn.Module, name: str) -> None:
    with pytest.raises(ArgumentError, match=rf"^{name} cannot be drawn as columns .*; draw\(loss\) draws the graph"):
        model.draw()


@pytest.mark.parametrize(
    ("model", "settings", "error", "message"),
    [
        (nn.Tanh(), {}, ArgumentError, "there is no dense layer in it"),
        (
            nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1)),
            {},
            SizeError,
            r"Linear layers\[1\] takes 4 inputs, but .* 3",
        ),
        (mlp(), {"color": "grey"}, ArgumentError, "color must be 'weight' or 'gradient', not 'grey'"),
        (mlp(), {"feature_names": ["a"]}, SizeError, "feature_names must name each of 3 inputs"),
        (mlp(), {"labels": "ab"}, SizeError, "labels must name each of 2 outputs"),
        (mlp(), {"numbers": 1}, ArgumentError, "numbers must be True or False"),
        (mlp(), {"max_neurons": 3}, ArgumentError, "max_neurons must be at least 4"),
        (mlp(), {"frames": 0}, ArgumentError, "frames must be a positive int"),
        (mlp(), {"x": ["a", "b", "c"]}, ArgumentError, "x must be a sample of real numbers"),
        (mlp(), {"history": {"loss": [1.0]}}, ArgumentError, "history must be the History that nn.fit returned"),
        (
            mlp(),
            {"history": nn.History()},
            ArgumentError,
            r"no snapshots .*\[nn.Snapshots\(every=10\)\]",
        ),
        (mlp(), {"history": nn.History(), "color": "gradient"}, ArgumentError, "a history keeps no gradients"),
        (mlp(), {"history": nn.History(), "ax": 1}, ArgumentError, "a filmstrip has axes for each frame"),
        (mlp(), {"history": trained(epochs=1)[1]}, ArgumentError, "the state does not fit MLP"),
        (mlp(), {"ax": 1}, ArgumentError, "ax must be matplotlib Axes"),
    ],
)
def test_senseless_settings_are_refused(model: Any, settings: dict[str, Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        model.draw(**settings)


def test_snapshots_of_no_epochs_are_refused() -> None:
    with pytest.raises(ArgumentError, match="every must be a positive int, not 0"):
        nn.Snapshots(every=0)
