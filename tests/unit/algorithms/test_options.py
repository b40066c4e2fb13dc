from __future__ import annotations

import pytest
from crispdm.algorithms._options import MOST_PIXELS, OptionError, Options, TooMuchWork

CLASSES = ["cat", "dog", "3"]


def test_defaults() -> None:
    options = Options.parse({}, CLASSES)
    assert (options.min_dim, options.max_dim, options.min_confidence) == (64, 1024, 0.5)
    assert options.class_show == set(CLASSES)


@pytest.mark.proves("serving.config-keys")
def test_values_arrive_as_strings_and_keys_of_the_service_are_left_alone() -> None:
    given = {
        "algorithm": "unet",
        "Model_path": "digits",
        "mode": "square",
        "IMAGE_MIN_DIM": "128",
        "IMAGE_MAX_DIM": "256",
        "DETECTION_MIN_CONFIDENCE": "0.9",
        "class_show": "dog, 3",
    }
    assert Options.parse(given, CLASSES) == Options(128, 256, 0.9, frozenset({"dog", "3"}))


@pytest.mark.parametrize("given", ["['cat']", '["cat"]', "cat", ["cat"], " cat "])
def test_classes_may_be_written_in_several_ways(given: object) -> None:
    assert Options.parse({"class_show": given}, CLASSES).class_show == {"cat"}


@pytest.mark.parametrize("given", ["3", "[3]", 3, [3]])
def test_a_class_whose_name_is_a_number_may_be_written_as_one(given: object) -> None:
    assert Options.parse({"class_show": given}, CLASSES).class_show == {"3"}


@pytest.mark.parametrize("given", [None, "", "all", "ALL", "None", "none", "null", " None "])
def test_nothing_and_all_show_every_class(given: object) -> None:
    assert Options.parse({"class_show": given}, CLASSES).class_show == set(CLASSES)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("IMAGE_MIN_DIM", "many"),
        ("IMAGE_MIN_DIM", ""),
        ("IMAGE_MIN_DIM", "12.5"),
        ("IMAGE_MIN_DIM", "0"),
        ("IMAGE_MIN_DIM", "1025"),
        ("IMAGE_MAX_DIM", "1000000000"),
        ("IMAGE_MAX_DIM", True),
        ("DETECTION_MIN_CONFIDENCE", "1.1"),
        ("DETECTION_MIN_CONFIDENCE", "nan"),
        ("DETECTION_MIN_CONFIDENCE", [0.5]),
        ("class_show", "horse"),
        ("class_show", "cat,,dog"),
        ("class_show", "[]"),
        ("class_show", '["cat"'),
        ("class_show", {"cat": 1}),
    ],
)
def test_a_bad_value_is_refused_by_its_key(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"'{key}' must"):
        Options.parse({key: value}, CLASSES)


@pytest.mark.parametrize(
    ("size", "scale"), [((128, 128), 1.0), ((32, 64), 2.0), ((2048, 512), 0.5), ((16, 1600), 0.64)]
)
def test_a_picture_is_enlarged_to_the_least_side_and_never_past_the_greatest(
    size: tuple[int, int], scale: float
) -> None:
    assert Options.parse({}, CLASSES).scale(*size) == scale


@pytest.mark.proves("serving.config-keys")
def test_issue_7_the_article_s_own_configuration_is_followed() -> None:
    given = {
        "IMAGE_MIN_DIM": "256", "IMAGE_MAX_DIM": "512.0", "DETECTION_MIN_CONFIDENCE": "0.7", "mode": "inference",
        "class_show": "None",
    }  # fmt: skip
    assert Options.parse(given, CLASSES) == Options(256, 512, 0.7, frozenset(CLASSES))
    assert Options.parse(dict.fromkeys(given, "None"), CLASSES) == Options.parse({}, CLASSES)


@pytest.mark.parametrize("key", ["IMAGE_MIN_DIM", "IMAGE_MAX_DIM", "DETECTION_MIN_CONFIDENCE", "class_show"])
def test_the_key_to_blame_is_told_and_the_value_is_not_repeated_at_length(key: str) -> None:
    with pytest.raises(OptionError) as caught:
        Options.parse({key: "9" * 5000 + "x"}, CLASSES)
    assert caught.value.field == key
    assert len(str(caught.value)) < 500


@pytest.mark.proves("serving.bounded-work")
def test_issue_7_the_work_of_a_request_is_bounded_by_what_the_network_sees() -> None:
    tiny, enlarged = [(8, 8, 3)] * 256, Options.parse({"IMAGE_MIN_DIM": 2048, "IMAGE_MAX_DIM": 2048}, CLASSES)
    assert Options.parse({}, CLASSES).work(tiny) == [64 * 64] * 256
    assert enlarged.work([(8, 8, 3)]) == [2048 * 2048]
    with pytest.raises(TooMuchWork, match=f"256 pictures are 1024 million pixels.*have {MOST_PIXELS >> 20} million"):
        enlarged.work(tiny)
    assert Options.parse({}, CLASSES).work([(5792, 5792, 3)]) == [1024 * 1024]
