"""assessment.json and its schema."""

import json
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import assessments as made
from myoqc.aha import Level, Segment
from myoqc.records import Assessment, Caution, Contours, Origin, ParameterMap, Scores
from myoqc.report import schema, to_json

VALIDATOR = Draft202012Validator(schema())
MOVED = made.scored(Level.MID, (Segment.INFERIOR,))
UNSCORED = made.unscored()
NOTHING_FOUND = dict.fromkeys(("model_name", "model_digest", "quality", "level_probability", "right_px"))


def checked(assessment: Assessment) -> dict[str, Any]:
    """The document, shown to be valid and to survive strict JSON."""
    document = to_json(assessment)
    VALIDATOR.validate(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    return document


def test_the_schema_is_a_valid_schema_with_an_identity() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$id"] == "urn:myoqc:schema:assessment:1.3"


def test_the_schema_describes_every_field_and_admits_no_other() -> None:
    def visit(node: dict[str, Any]) -> None:
        assert node.get("description")
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            for child in node["properties"].values():
                visit(child)
        if isinstance(node.get("items"), dict) and "properties" in node["items"]:
            visit(node["items"])

    visit(schema())


def test_a_field_in_ms_says_so_in_the_schema() -> None:
    def visit(name: str, node: dict[str, Any]) -> None:
        if name.endswith("_ms"):
            assert "in ms" in node["description"], name
        for child_name, child in {**node.get("properties", {}), **node.get("items", {}).get("properties", {})}.items():
            visit(child_name, child)

    without_tuples = json.loads(json.dumps(schema()).replace('"items": false', '"items": {}'))
    visit("", without_tuples)


def test_an_apical_slice_has_its_four_segments_without_a_probability() -> None:
    document = checked(made.apical())
    named = [(each["segment"], each["aha"], each["probability"], each["motion"]) for each in document["segments"]]
    assert named == [
        ("anterior", 13, None, None),
        ("septal", 14, None, None),
        ("inferior", 15, None, None),
        ("lateral", 16, None, None),
    ]
    assert all(each["t1_mean_ms"] > 800.0 for each in document["segments"])
    assert document["abstained"]


def test_a_scored_slice_says_everything() -> None:
    document = checked(MOVED)
    inferior = document["segments"][Segment.INFERIOR]
    assert document["schema_version"] == "1.3"
    assert document["case"] == {"patient": "P-017", "study": "S-2", "slice_uid": "1.2.3.4", "level": "mid"}
    assert document["input"]["schedule"] == {"name": "ShMOLLI", "preparation": "inversion", "samples": [5, 1, 1]}
    assert document["input"]["ti_ms"] == list(made.SHMOLLI_TI_MS)
    assert document["input"]["matrix"] == [128, 160]
    assert document["input"]["spacing_mm"] == [1.5, 1.4]
    assert document["input"]["files"][0] == "series-03/IM0001.dcm"
    assert (inferior["segment"], inferior["aha"], inferior["motion"]) == ("inferior", 10, True)
    assert inferior["probability"] == pytest.approx(0.87)
    assert document["image"] == {"probability": inferior["probability"], "motion": True}
    assert document["contours"] == {"origin": "manual", **NOTHING_FOUND}
    assert document["model"]["name"] == "r2-rule 1"
    assert document["model"]["performance"] == made.PERFORMANCE
    assert (document["abstained"], document["abstained_reason"]) == (False, None)


def networks_answer() -> Assessment:
    """As a network answers: with what it is not sure of, the error of T1, and other artefacts."""
    error_ms = np.array([[-5.0, 2.0, 9.0], [-3.0, 0.0, 4.0], [0.0, 1.0, 2.0], [10.0, 42.4, 90.0], [0, 0, 0], [0, 0, 0]])
    unsure = np.array([False, True, False, False, False, False])
    answer = replace(MOVED.scores, unsure=unsure, t1_error_ms=error_ms, artefacts={"phase": 0.25})
    return replace(MOVED, scores=answer)


def test_what_a_network_says_beside_probabilities_is_told() -> None:
    document = checked(networks_answer())
    assert [each["unsure"] for each in document["segments"]] == [False, True, False, False, False, False]
    assert document["segments"][Segment.INFERIOR]["t1_error_ms"] == [10.0, 42.4, 90.0]
    assert document["model"]["artefacts"] == {"phase": 0.25}


def test_what_a_scorer_does_not_tell_is_null() -> None:
    document = checked(MOVED)
    assert {each["unsure"] for each in document["segments"]} == {None}
    assert {each["t1_error_ms"] for each in document["segments"]} == {None}
    assert document["model"]["artefacts"] == {}


def test_of_a_segment_that_was_not_scored_nobody_says_that_it_is_unsure() -> None:
    partly = made.scored(unscored=(Segment.ANTERIOR,))
    document = checked(replace(partly, scores=replace(partly.scores, unsure=np.ones(6, dtype=bool))))
    assert [each["unsure"] for each in document["segments"]] == [None, True, True, True, True, True]


def test_an_abstention_hides_what_the_network_said() -> None:
    document = checked(replace(networks_answer(), abstained="too noisy"))
    assert {each["t1_error_ms"] for each in document["segments"]} == {None}
    assert {each["unsure"] for each in document["segments"]} == {None}


def test_keys_come_in_the_order_of_the_schema() -> None:
    document, published = to_json(MOVED), schema()
    assert list(document) == published["required"]
    assert list(document["input"]) == published["properties"]["input"]["required"]
    assert list(document["segments"][0]) == published["properties"]["segments"]["items"]["required"]
    assert list(document["contours"]) == published["properties"]["contours"]["required"]
    assert list(document["model"]) == published["properties"]["model"]["required"]


def test_without_contours_there_are_no_segments_and_no_answer() -> None:
    document = checked(UNSCORED)
    assert document["segments"] == []
    assert document["contours"] is None
    assert document["model"] is None
    assert document["image"] == {"probability": None, "motion": None}
    assert (document["abstained"], document["abstained_reason"]) == (True, "no contours")


def test_an_abstention_keeps_the_numbers_of_the_segments_but_no_probability() -> None:
    document = checked(replace(MOVED, abstained="too noisy"))
    assert len(document["segments"]) == 6
    assert {segment["probability"] for segment in document["segments"]} == {None}
    assert {segment["motion"] for segment in document["segments"]} == {None}
    assert all(segment["t1_mean_ms"] > 0 for segment in document["segments"])
    assert document["model"] is not None


def test_a_segment_without_value_is_null_not_nan() -> None:
    maps = replace(MOVED.maps, t1_ms=np.full(made.SHAPE, np.nan))
    empty = replace(MOVED, maps=maps, summaries=made.summaries(maps, MOVED.segments), scores=None)
    document = checked(empty)
    assert document["fit"]["pixels_fitted"] == 0
    assert document["segments"][0]["t1_mean_ms"] is None
    assert document["segments"][0]["n_fitted"] == 0


def test_samples_used_are_counted_per_number_of_images() -> None:
    used = np.array([[0, 5, 5], [7, 7, 7]])
    grid = replace(MOVED.maps.grid, shape=(2, 3))
    maps = ParameterMap(t1_ms=np.where(used > 0, 900.0, np.nan), grid=grid, samples_used=used.astype(np.uint8))
    fit = to_json(replace(UNSCORED, maps=maps))["fit"]
    assert fit["samples_used"] == {"0": 1, "5": 2, "7": 3}
    assert (fit["pixels_fitted"], fit["pixels_total"]) == (5, 6)


def with_scanner_map(t1_ms: np.ndarray, scanner_ms: np.ndarray, dark: float = 300.0) -> Assessment:
    """Equally bright images, the last column excepted."""
    grid = replace(MOVED.maps.grid, shape=t1_ms.shape)
    scanner = ParameterMap(t1_ms=scanner_ms, grid=replace(grid, shape=scanner_ms.shape), method="scanner")
    n_images = len(UNSCORED.acquisition.images)
    brightness = np.full(t1_ms.shape, 300.0)
    brightness[:, -1] = dark
    images = np.repeat(brightness[None], n_images, axis=0)
    acquisition = replace(UNSCORED.acquisition, images=images, phase_rad=None, grid=grid, scanner_map=scanner)
    return replace(UNSCORED, acquisition=acquisition, maps=ParameterMap(t1_ms=t1_ms, grid=grid))


def test_agreement_with_the_scanner_is_worked_out_by_hand() -> None:
    ours = np.array([[1000.0, 1003.0, np.nan, 150.0, 900.0]])
    scanner = np.array([[1001.0, 1000.0, 1000.0, 100.0, 900.0]])
    agreement = checked(with_scanner_map(ours, scanner))["fit"]["scanner_agreement"]
    assert agreement["pixels"] == 3
    assert agreement["median_abs_difference_ms"] == pytest.approx(1.0)
    assert agreement["p95_abs_difference_ms"] == pytest.approx(2.8)


def test_pixels_without_signal_do_not_count_for_the_agreement() -> None:
    ours, scanner = np.array([[1000.0, 1003.0, 2000.0]]), np.array([[1001.0, 1000.0, 400.0]])
    assert checked(with_scanner_map(ours, scanner, dark=50.0))["fit"]["scanner_agreement"]["pixels"] == 2


@pytest.mark.parametrize("scanner", [np.full((1, 2), 1000.0), np.full((1, 3), 100.0), np.full((1, 3), np.nan)])
def test_a_scanner_map_with_nothing_to_compare_gives_null(scanner: np.ndarray) -> None:
    assert checked(with_scanner_map(np.full((1, 3), 1000.0), scanner))["fit"]["scanner_agreement"] is None


probabilities = st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=6, max_size=6)
words = st.text(max_size=12)


@st.composite
def anything(draw: st.DrawFn) -> Assessment:
    """Any mixture of what the pipeline may leave out, and of numbers that do not exist."""
    base = draw(st.sampled_from([MOVED, UNSCORED, made.found()]))
    key = replace(base.acquisition.key, level=draw(st.sampled_from(Level)), patient=draw(words))
    source = replace(
        base.acquisition.source,
        series_label=draw(words),
        files=tuple(draw(st.lists(words, max_size=3))),
        series_number=draw(st.none() | st.integers(0, 9999)),
        ti_attribute=draw(st.sampled_from([(), base.acquisition.source.ti_attribute])),
    )
    above_zero = st.floats(min_value=0.0, exclude_min=True, allow_infinity=False)
    images = replace(
        base.acquisition,
        key=key,
        source=source,
        rr_ms=draw(st.none() | above_zero),
        field_t=draw(st.none() | above_zero),
    )
    lost = draw(st.lists(st.sampled_from(["r2", "t1_sd_ms", "samples_used"]), unique=True))
    number = st.floats(allow_nan=True, allow_infinity=True)
    summaries = tuple(
        replace(each, t1_mean_ms=draw(number), t1_sd_ms=abs(draw(number)), r2_min=draw(number))
        for each in base.summaries
    )
    scores = draw(st.none() | probabilities.map(lambda p: Scores(np.array(p), 0.4, "rule", "0" * 64)))
    return replace(
        base,
        acquisition=images,
        maps=replace(base.maps, **dict.fromkeys(lost), readout_correction=draw(st.floats(1, 1.2))),
        summaries=summaries,
        scores=scores,
        abstained=draw(st.none() | words),
        cautions=tuple(Caution(draw(words), draw(words)) for _ in range(draw(st.integers(0, 2)))),
    )


@given(assessment=anything())
@settings(max_examples=60, deadline=None)
def test_every_assessment_obeys_the_schema(assessment: Assessment) -> None:
    document = checked(assessment)
    answered = [segment for segment in document["segments"] if segment["motion"] is not None]
    assert all((segment["probability"] >= 0.4) == segment["motion"] for segment in answered)
    assert not (document["abstained"] and document["image"]["motion"] is not None)


@pytest.mark.parametrize("origin", Origin)
def test_every_origin_of_contours_is_in_the_schema(origin: Origin) -> None:
    contours: Contours = made.ring_contours(origin=origin)
    assert checked(replace(MOVED, contours=contours))["contours"] == {"origin": origin.value, **NOTHING_FOUND}


def test_what_was_found_is_said_with_how_sure_that_is() -> None:
    found = made.found()
    contours = checked(found)["contours"]
    assert (contours["origin"], contours["quality"]) == ("automatic", 0.914)
    assert (contours["model_name"], contours["model_digest"]) == ("segmenter 1", "5" * 64)
    assert contours["level_probability"] == {"basal": 0.04, "mid": 0.93, "apical": 0.03}
    assert contours["right_px"] == found.found.right_px.tolist()


def test_a_right_ventricle_that_the_slice_does_not_cut_is_null() -> None:
    found = made.found()
    apex = replace(found, found=replace(found.found, right_px=None))
    assert checked(apex)["contours"]["right_px"] is None
