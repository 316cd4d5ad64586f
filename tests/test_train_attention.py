"""Grad-CAM and saliency: a toy network with answers worked out by hand, and two oracles."""

from functools import partial

import pytest
import torch
from captum.attr import LayerGradCam, Saliency
from torch import nn

from myoqc.train.attention import grad_cam, grad_cam_by_autograd, saliency

N_SEGMENTS = 6


class Toy(nn.Module):
    """Two feature maps, the image and its square, and a bias of 1."""

    def __init__(self, weight):
        super().__init__()
        self.features = nn.Identity()
        self.head = nn.Linear(2, len(weight)).double()
        with torch.no_grad():
            self.head.weight.copy_(torch.tensor(weight))
            self.head.bias.fill_(1.0)

    def forward(self, image):
        return self.head(self.features(torch.stack([image, image**2], dim=1)).mean(dim=(2, 3)))


class Deep(nn.Module):
    """Two convolutions and a head; the second convolution's maps are what Grad-CAM sees."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.first, self.last = nn.Conv2d(2, 4, 3, stride=2), nn.Conv2d(4, 5, 3)
        self.head = nn.Linear(5, N_SEGMENTS)
        self.double()

    def forward(self, image):
        return self.head(self.maps(image).mean(dim=(2, 3)))

    def maps(self, image):
        return self.last(self.first(image).tanh()).relu()


@pytest.fixture
def chance():
    return torch.Generator().manual_seed(7)


@pytest.fixture
def deep():
    return Deep()


@pytest.fixture
def images(chance):
    return torch.randn((3, 2, 17, 15), generator=chance, dtype=torch.float64)


IMAGE = torch.tensor([[[1.0, 2.0], [-1.0, 0.0]]], dtype=torch.float64)
WEIGHT = [[4.0, 0.0], [0.0, 4.0], [4.0, -4.0]]
BY_HAND = torch.tensor([[[[1.0, 2.0], [0.0, 0.0]], [[1.0, 4.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]]).double()
"""(w0·x + w1·x²)⁺ / 4: x⁺, x², (x − x²)⁺, where x − x² is 0, −2, −2 and 0."""


def test_the_closed_form_gives_the_maps_that_were_worked_out_by_hand():
    features = torch.stack([IMAGE, IMAGE**2], dim=1)
    torch.testing.assert_close(grad_cam(features, torch.tensor(WEIGHT).double()), BY_HAND, rtol=0, atol=0)


def test_autograd_gives_the_maps_that_were_worked_out_by_hand():
    toy, features = Toy(WEIGHT), torch.stack([IMAGE, IMAGE**2], dim=1).requires_grad_()
    scores = toy.head(features.mean(dim=(2, 3)))
    torch.testing.assert_close(grad_cam_by_autograd(scores, features), BY_HAND, rtol=0, atol=1e-15)


def test_a_map_without_negative_parts_adds_up_to_the_score_without_its_bias(chance):
    features = torch.rand((2, 5, 4, 3), generator=chance, dtype=torch.float64)
    head = nn.Linear(5, N_SEGMENTS).double()
    weight = head.weight.abs()
    scores = torch.einsum("bc,sc->bs", features.mean(dim=(2, 3)), weight)
    torch.testing.assert_close(grad_cam(features, weight).sum(dim=(2, 3)), scores)


def slopes_of_a_loss(network, maps, features):
    """Of something that depends on where the maps are high, with respect to every weight."""
    where = torch.arange(maps[0].numel(), dtype=torch.float64).reshape(maps.shape[1:]).sin()
    network.zero_grad()
    (maps * where).square().sum().backward()
    return [weight.grad.clone() for weight in network.parameters() if weight.grad is not None]


def test_both_forms_give_a_loss_the_same_slopes_in_every_weight(deep, images):
    features = deep.maps(images)
    by_formula = slopes_of_a_loss(deep, grad_cam(features, deep.head.weight), features)
    features = deep.maps(images)
    maps = grad_cam_by_autograd(deep.head(features.mean(dim=(2, 3))), features, create_graph=True)
    by_autograd = slopes_of_a_loss(deep, maps, features)
    assert len(by_formula) == len(by_autograd) == 5  # two convolutions with biases, the head without
    assert all(slope.abs().max() > 1e-6 for slope in by_formula)
    for one, other in zip(by_formula, by_autograd, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_without_its_graph_the_autograd_form_teaches_the_head_nothing(deep, images):
    features = deep.maps(images)
    maps = grad_cam_by_autograd(deep.head(features.mean(dim=(2, 3))), features)
    maps.sum().backward()
    assert deep.head.weight.grad is None
    assert deep.last.weight.grad is not None


@pytest.mark.parametrize("layer", ["last", "first"])
def test_captum_finds_the_same_maps_at_any_layer(deep, images, layer):
    features = {"first": deep.first, "last": lambda image: deep.last(deep.first(image).tanh())}[layer](images)
    rest = {"first": lambda seen: deep.last(seen.tanh()).relu(), "last": torch.relu}[layer]
    maps = grad_cam_by_autograd(deep.head(rest(features).mean(dim=(2, 3))), features)
    oracle = LayerGradCam(deep, getattr(deep, layer))
    for segment in range(N_SEGMENTS):
        wanted = oracle.attribute(images, target=segment, relu_attributions=True)[:, 0]
        torch.testing.assert_close(maps[:, segment], wanted, rtol=0, atol=1e-12)
    assert maps.max() > 0.0


def test_captum_finds_the_maps_of_the_closed_form():
    toy = Toy(WEIGHT)
    oracle = LayerGradCam(toy, toy.features)
    maps = [oracle.attribute(IMAGE, target=segment, relu_attributions=True)[:, 0] for segment in range(3)]
    torch.testing.assert_close(torch.stack(maps, dim=1), BY_HAND, rtol=0, atol=1e-15)


def test_a_layer_in_three_dimensions_has_maps_in_three_dimensions(chance):
    volume = torch.randn((2, 4, 3, 5, 6), generator=chance, dtype=torch.float64).requires_grad_()
    weight = torch.randn((N_SEGMENTS, 4), generator=chance, dtype=torch.float64)
    maps = grad_cam_by_autograd(torch.einsum("bc,sc->bs", volume.mean(dim=(2, 3, 4)), weight), volume)
    flat = grad_cam(volume.flatten(2, 3), weight).reshape(2, N_SEGMENTS, 3, 5, 6)
    torch.testing.assert_close(maps, flat)


class Streams(nn.Module):
    """Score s = (s + 1) · Σ (t1² − 3 · first image · t1) + Σ ti, so that slopes are known."""

    def forward(self, stack, t1, ti):
        seen = (t1**2 - 3.0 * stack[:, 0] * t1 + 0.0 * stack.sum(dim=1)).sum(dim=(1, 2))
        return seen[:, None] * torch.arange(1.0, N_SEGMENTS + 1.0) + ti.sum(dim=1, keepdim=True)


@pytest.fixture
def streams(chance):
    return {"stack": torch.randn((2, 5, 4, 3), generator=chance), "t1": torch.randn((2, 4, 3), generator=chance)}


def test_saliency_of_each_stream_is_the_size_of_its_slope(streams):
    found = saliency(partial(Streams(), ti=torch.ones(2, 5)), streams, segment=2)
    t1, first = streams["t1"], streams["stack"][:, 0]
    torch.testing.assert_close(found.streams["stack"], 3 * (3.0 * t1).abs())
    torch.testing.assert_close(found.streams["t1"], 3 * (2.0 * t1 - 3.0 * first).abs())
    torch.testing.assert_close(found.total, found.streams["stack"] + found.streams["t1"])


def test_captum_finds_the_same_saliency(deep, images):
    found = saliency(deep, {"image": images}, segment=4)
    wanted = Saliency(deep).attribute(images.clone().requires_grad_(), target=4)
    torch.testing.assert_close(found.total, wanted.sum(dim=1))


def test_images_whose_slopes_cancel_are_still_salient():
    def difference(stack):
        return (stack[:, 1] - stack[:, 0]).sum(dim=(1, 2))[:, None]

    found = saliency(difference, {"stack": torch.zeros((1, 2, 3, 3))}, segment=0)
    torch.testing.assert_close(found.total, torch.full((1, 3, 3), 2.0))


def test_saliency_can_be_had_where_gradients_are_off(streams):
    network = partial(Streams(), ti=torch.ones(2, 5))
    with torch.no_grad():
        found = saliency(network, streams, segment=0)
    torch.testing.assert_close(found.total, saliency(network, streams, segment=0).total)


def test_looking_leaves_no_hook_and_no_gradient_behind(deep, images):
    features = deep.maps(images)
    grad_cam(features, deep.head.weight)
    grad_cam_by_autograd(deep.head(features.mean(dim=(2, 3))), features, create_graph=True)
    saliency(deep, {"image": images}, segment=0)
    hooks = [name for name in vars(deep) if name.endswith("_hooks")]
    assert len(hooks) > 4
    assert not any(getattr(part, name) for part in deep.modules() for name in hooks)
    assert not features._backward_hooks
    assert all(weight.grad is None and not weight._backward_hooks for weight in deep.parameters())
    assert not images.requires_grad
