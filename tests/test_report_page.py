"""The page of a study."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import assessments as made
from myoqc.aha import Level, Segment
from myoqc.errors import OutputError
from myoqc.records import Acquisition, Assessment, Caution, ParameterMap
from myoqc.report import write_study_report

VOID = {"meta", "img", "input", "br", "link"}
ATTACK = "<script>alert('x')</script>\"'><img src=http://evil.example/x>"


class Page(HTMLParser):
    """Tags, attributes and text of a page; complains of tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())

    def values(self, *names: str) -> list[str]:
        return [value for _, attrs in self.tags for name, value in attrs.items() if name in names and value]

    def count(self, tag: str, class_: str = "") -> int:
        return sum(
            (name == tag and class_ in (attrs.get("class") or "").split(" ")) or (name == tag and not class_)
            for name, attrs in self.tags
        )


def study() -> list[Assessment]:
    moved = made.scored(Level.MID, (Segment.INFERIOR, Segment.INFEROLATERAL))
    return [made.scored(Level.BASAL), moved, made.unscored(level=Level.APICAL)]


def written(assessments: list[Assessment], folder: Path, **more: object) -> str:
    path = write_study_report(assessments, folder / "report.html", title="A study", **more)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(study(), tmp_path_factory.mktemp("page"), unusable=[("series-09/IM0007.dcm", "the file is cut off")])


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def relabelled(assessment: Assessment, **changes: object) -> Assessment:
    source = replace(assessment.acquisition.source, **changes)  # type: ignore[arg-type]
    return replace(assessment, acquisition=replace(assessment.acquisition, source=source))


def test_the_answer_stands_on_top(page: Page) -> None:
    answer = page.text.index("Motion likely in 1 of 3 slices; 1 not scored.")
    details = page.text.index("Weighted images in order of acquisition")
    assert answer < details


def test_every_slice_has_its_line_and_its_link(page: Page) -> None:
    identifiers = page.values("id")
    for number, line in enumerate(
        (
            "Basal slice: no motion found.",
            "Mid slice: motion likely in the inferior and inferolateral segments.",
            "Apical slice not scored: no contours.",
        ),
        start=1,
    ):
        assert page.text.count(line) == 2
        assert f"#slice-{number}" in page.values("href")
        assert f"slice-{number}" in identifiers


def test_below_the_answer_of_a_scored_slice_stands_how_well_the_scorer_does(page: Page) -> None:
    assert page.text.count(made.PERFORMANCE) == 2
    for line in (
        "Basal slice: no motion found.",
        "Mid slice: motion likely in the inferior and inferolateral segments.",
    ):
        assert f"{line} {made.PERFORMANCE}" in page.text


def test_a_scorer_that_abstains_says_nothing_about_how_well_it_does(tmp_path: Path) -> None:
    silent = replace(made.scored(Level.MID), abstained="another scheme")
    assert made.PERFORMANCE not in Page(written([silent], tmp_path)).text


def test_an_apical_slice_shows_its_numbers_and_why_it_is_not_scored(tmp_path: Path) -> None:
    caution = Caution("insertion-inferred", "it was inferred from the slice 9 mm away")
    text = Page(written([made.apical(cautions=[caution])], tmp_path)).text
    assert "Apical slice not scored: four segments." in text
    for summary in made.apical().summaries:
        row = f"{summary.segment.aha(Level.APICAL)} {summary.segment.word} {summary.t1_mean_ms:.0f}"
        assert row in text
    assert "Caution it was inferred from the slice 9 mm away insertion-inferred" in text


def test_identifiers_are_unique_and_every_local_link_leads_somewhere(page: Page) -> None:
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    targets = [address[1:] for address in page.values("href", "for") if address.startswith("#")]
    assert set(targets) <= set(identifiers)


def test_an_answer_is_told_by_word_and_shape_too(page: Page) -> None:
    assert {"#shape-motion", "#shape-clear", "#shape-unscored"} <= set(page.values("href"))
    assert "motion" in page.text
    assert "not scored" in page.text


def test_nothing_is_loaded_from_anywhere(html: str, page: Page) -> None:
    addresses = page.values("src", "href", "xlink:href", "action", "data", "poster", "srcset")
    assert addresses
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    assert not re.search(r"url\(\s*['\"]?(?!#)", html)
    assert "@import" not in html
    assert page.count("script") == page.count("link") == 0
    assert "default-src 'none'" in html


def test_every_image_is_shown_in_order_of_acquisition(page: Page) -> None:
    times = re.findall(r"(\d) TI (\d+) ms", page.text)
    assert times[:7] == [(str(number), f"{time:g}") for number, time in enumerate(made.SHMOLLI_TI_MS, start=1)]
    assert page.text.count("inversion 3") == 3


def test_maps_are_shown_near_and_whole_with_stated_ranges(page: Page) -> None:
    # Slices 1 and 2: seven images, two maps near, two maps whole; slice 3 has no heart to go near to.
    assert page.count("image") == 11 + 11 + 9
    for words in ("R² (coefficient of determination)", "T1, whole image", "≥ 2000 ms", "≤ 0.90"):
        assert words in page.text


def test_outlines_can_be_switched_off_without_a_script(html: str, page: Page) -> None:
    switches = [attrs for tag, attrs in page.tags if tag == "input"]
    assert [attrs["id"] for attrs in switches] == ["overlay-1", "overlay-2"]
    assert all("checked" in attrs for attrs in switches)
    assert ".switch:not(:checked) ~ .pictures .overlay { visibility: hidden; }" in html


def test_the_numbers_are_those_of_the_assessment(page: Page) -> None:
    inferior = study()[1].summaries[Segment.INFERIOR]
    row = (
        f"10 inferior {inferior.t1_mean_ms:.0f} ± {inferior.t1_sd_ms:.0f} {inferior.r2_mean:.4f} {inferior.r2_min:.4f} "
        f"{inferior.n_fitted} / {inferior.n_pixels} 0.87 motion"
    )
    assert row in page.text


def test_the_foot_says_where_everything_came_from(page: Page) -> None:
    for words in (
        "ShMOLLI, 7 images",
        "100, 1100, 2100, 3100, 4100, 180, 260",
        "InversionTime (0018,0082)",
        "1 − residual sum of squares",
        "r2-rule 1, digest 3f786850e387",
        "Research software, not a medical device",
        "myoqc 0.1.0",
    ):
        assert words in page.text


def test_each_slice_says_where_its_outlines_come_from(tmp_path: Path) -> None:
    slices = [made.found(), made.scored(Level.BASAL), made.unscored()]
    text = Page(written(slices, tmp_path)).text
    assert text.count("Outlines found automatically (expected overlap 0.91).") == 1
    assert text.count("Outlines given.") == 1
    assert "Overlap 0.91 (Dice) expected" in text
    assert "Level by look probability basal 0.04, mid 0.93, apical 0.03" in text


def test_outlines_that_no_hand_drew_look_different_from_those_given(tmp_path: Path) -> None:
    html = written([made.found(), made.scored(Level.BASAL)], tmp_path)
    page = Page(html)
    # Inner and outer outline, each with its halo; and the key of the legend.
    assert page.count("path", "automatic") == 2 * 2 + 1
    assert page.count("path", "outline") == 2 * (2 * 2 + 1)
    assert page.count("path", "right") == 2 + 1
    assert page.text.count("outlines found automatically") == 1
    assert page.text.count("right ventricle, found automatically") == 1
    assert ".outline.automatic { stroke-dasharray:" in html


def test_a_slice_without_a_ventricle_says_so_on_top_and_what_to_do(tmp_path: Path) -> None:
    reason = "no left ventricle found. Give contours if there is a heart."
    text = Page(written([made.unscored(reason)], tmp_path)).text
    assert text.index("Slice not scored: no left ventricle found") < text.index("Weighted images")
    assert "myoqc check FOLDER --contours FILE" in text
    assert "Outlines" not in text


def test_without_contours_the_page_says_how_to_give_some(page: Page) -> None:
    assert "myoqc check FOLDER --contours FILE" in page.text


def test_another_advice_can_be_given(tmp_path: Path) -> None:
    text = Page(written([made.unscored()], tmp_path, not_scored_hint="Draw them first.")).text
    assert "Draw them first." in text
    assert "--contours" not in text


def test_a_scored_study_gives_no_advice_on_contours(tmp_path: Path) -> None:
    assert "--contours" not in Page(written([made.scored(Level.MID)], tmp_path)).text


def test_unusable_files_are_listed_with_their_reason(page: Page) -> None:
    assert page.text.index("Could not be used") < page.text.index("series-09/IM0007.dcm the file is cut off")
    assert "1 input could not be used" in page.text


def test_a_study_of_which_nothing_could_be_used_has_a_page_too(tmp_path: Path) -> None:
    text = Page(written([], tmp_path, unusable=[("a.dcm", "x"), ("b.dcm", "y")])).text
    assert "Nothing could be checked." in text
    assert "2 inputs could not be used" in text


def test_cautions_are_shown(tmp_path: Path) -> None:
    cautioned = replace(made.scored(Level.MID), cautions=(Caution("ti-sorted", "The images were sorted by time."),))
    assert "Caution The images were sorted by time. ti-sorted" in Page(written([cautioned], tmp_path)).text


def test_agreement_with_the_scanner_is_shown_where_there_is_a_map(tmp_path: Path, page: Page) -> None:
    base = made.scored(Level.MID)
    scanner = ParameterMap(t1_ms=base.maps.t1_ms + 0.5, grid=base.maps.grid, method="scanner")
    compared = replace(base, acquisition=replace(base.acquisition, scanner_map=scanner))
    assert "median difference 0.5 ms" in Page(written([compared], tmp_path)).text
    assert "Scanner's own T1 map" not in page.text


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    bad = relabelled(made.scored(Level.MID), series_label=ATTACK, study_label=ATTACK, manufacturer=ATTACK)
    key = replace(bad.acquisition.key, patient=ATTACK)
    bad = replace(
        bad,
        acquisition=replace(bad.acquisition, key=key),
        cautions=(Caution(ATTACK, ATTACK),),
        maps=replace(bad.maps, method=ATTACK, r2_definition=ATTACK),
    )
    silent = replace(made.unscored(), abstained=ATTACK)
    path = write_study_report(
        [bad, silent], tmp_path / "r.html", title=ATTACK, unusable=[(ATTACK, ATTACK)], not_scored_hint=ATTACK
    )
    html = path.read_text(encoding="utf-8")
    page = Page(html)
    assert "<script" not in html
    assert page.count("script") == 0
    assert not any("evil.example" in address for address in page.values("src", "href"))
    assert page.text.count("<script>alert('x')</script>") >= 8


def test_a_name_that_is_no_text_does_not_stop_the_page(tmp_path: Path) -> None:
    html = written([made.unscored()], tmp_path, unusable=[("caf\udce9.dcm", "damaged")])
    assert "caf\\udce9.dcm" in html


def test_simulated_images_are_called_so(tmp_path: Path, page: Page) -> None:
    simulated = relabelled(made.unscored(), series_label="SIMULATED ShMOLLI mid")
    assert "SIMULATED images: these do not show a patient." in Page(written([simulated], tmp_path)).text
    assert "SIMULATED" not in page.text


def test_a_saturation_recovery_has_saturation_times(tmp_path: Path) -> None:
    times = (100.0, 250.0, 400.0, 600.0, 10000.0)
    images = made.acquisition(ti_ms=times)
    assert images.schedule.name == "SASHA"
    assert "1 TS 100 ms" in Page(written([replace(made.unscored(), acquisition=images)], tmp_path)).text


def test_a_map_that_the_fit_does_not_give_is_left_out(tmp_path: Path) -> None:
    lacking = made.unscored()
    lacking = replace(
        lacking, maps=replace(lacking.maps, r2=None, samples_used=None, method="", readout_correction=1.05)
    )
    text = Page(written([lacking], tmp_path)).text
    assert "R² (coefficient" not in text
    assert "Fit unknown, T1 × 1.05 for the readout" in text


def test_a_segment_without_value_is_a_dash(tmp_path: Path) -> None:
    partly = made.scored(Level.MID, unscored=(Segment.ANTERIOR,))
    summaries = (replace(partly.summaries[0], t1_mean_ms=np.nan, t1_sd_ms=np.nan, r2_mean=np.nan, r2_min=np.nan),)
    text = Page(written([replace(partly, summaries=(*summaries, *partly.summaries[1:]))], tmp_path)).text
    assert re.search(r"7 anterior – ± – – – \d+ / \d+ – not scored", text)


def test_an_unknown_field_and_no_known_times_source_are_left_out(tmp_path: Path) -> None:
    images = replace(made.acquisition(), field_t=None, rr_ms=None)
    bare = relabelled(replace(made.unscored(), acquisition=images), ti_attribute=(), manufacturer="", series_label="")
    text = Page(written([bare], tmp_path)).text
    assert "Series no description" in text
    for term in ("Scanner", "TI from", "Heartbeat"):
        assert term not in text


def test_three_slices_stay_small(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(1, 4000, (11, 256, 256))
    times = np.array([100, 180, 260, 1100, 1180, 1260, 2100, 2180, 2260, 3100, 4100], dtype=float)
    images = Acquisition.from_arrays(noise, times, spacing_mm=1.4, schedule="MOLLI")
    maps = ParameterMap(t1_ms=noise[0] / 2.0, grid=images.grid, r2=noise[1] / 4000.0)
    slices = [Assessment(images, maps, abstained="no contours")] * 3
    path = write_study_report(slices, tmp_path / "r.html", title="noise, which no compression makes smaller")
    assert path.stat().st_size < 5e6
    usual = write_study_report(study(), tmp_path / "usual.html", title="usual")
    assert usual.stat().st_size < 1e6


def test_the_same_study_gives_the_same_bytes(html: str, tmp_path: Path) -> None:
    assert written(study(), tmp_path, unusable=[("series-09/IM0007.dcm", "the file is cut off")]) == html


def test_a_page_that_can_not_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/report\.html: can't be written"):
        write_study_report([], tmp_path / "file" / "report.html", title="x")


def test_the_error_of_t1_and_what_the_scorer_is_not_sure_of_stands_beside_the_numbers(tmp_path: Path) -> None:
    plain = made.scored(motion=(Segment.INFERIOR,))
    error_ms = np.zeros((6, 3))
    error_ms[Segment.INFERIOR] = -10.0, 42.4, 90.0
    unsure = np.arange(6) == Segment.ANTERIOR
    answer = replace(plain.scores, t1_error_ms=error_ms, unsure=unsure)
    write_study_report([replace(plain, scores=answer)], tmp_path / "report.html", title="S")
    text = Page((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert "error +42 (−10 to +90) ms" in text
    assert text.count("not sure") == 1
