"""Claims: their boxes and the list name who claims what."""

import pytest

from dlcourse.course.claims import Claims


@pytest.fixture
def claims():
    claims = Claims("A Post")
    claims.judge("one is one", "seen", "1", "holds")
    claims.judge("two is one", "seen", "2", "does not follow", source="its README")
    return claims


def test_a_box_names_the_post_or_the_other_source(claims):
    post, readme = (claim._repr_markdown_() for claim in claims.claims)
    assert post.startswith("> **In the post** (read in the post): one is one\n")
    assert readme.startswith("> **In its README** (read in it): two is one\n")


def test_the_list_counts_and_names_the_sources(claims):
    assert repr(claims) == "1 claim of A Post and 1 of its README: 1 holds, 1 does not follow"
    rows = claims._repr_markdown_().splitlines()[2:]
    assert rows == [
        "| one is one | seen | 1 | ✓ holds |",
        "| *its README:* two is one | seen | 2 | ✗ does not follow |",
    ]


def test_a_cell_that_runs_twice_leaves_one_claim(claims):
    claims.judge("two is one", "seen", "2", "does not follow", source="its README")
    assert len(claims.claims) == 2


@pytest.mark.parametrize("wrong", [{"mark": "heard"}, {"verdict": "maybe"}])
def test_an_unknown_mark_or_verdict_is_named(claims, wrong):
    with pytest.raises(ValueError, match=str(*wrong.values())):
        claims.judge(**{"words": "x", "mark": "seen", "ours": "1", "verdict": "holds"} | wrong)
