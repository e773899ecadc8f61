"""What another driver has is waited for, and taken over when that driver is gone."""

from __future__ import annotations

from pathlib import Path

from culture_ray.store.claims import Presence
from culture_ray.sweep.execute.elsewhere import LOOK_EVERY_S, ClaimedElsewhere
from culture_ray.sweep.schedule.chunks import Chunk


def test_what_is_committed_is_done_and_what_is_given_back_is_free(tmp_path: Path) -> None:
    shards = [tmp_path / f"u{i}.arrow" for i in range(3)]
    pieces = [Chunk(str(shard), 0, 4, 1.0) for shard in shards]
    with Presence(tmp_path / "c", "me") as me, Presence(tmp_path / "c", "other") as other:
        waiting = ClaimedElsewhere(me)
        for shard, piece in zip(shards, pieces, strict=True):
            assert other.take(str(shard))
            waiting.add("m", piece)
        assert waiting.look(100.0) == ([], [])
        shards[0].touch()
        other.release(str(shards[1]))
        assert waiting.look(100.0 + LOOK_EVERY_S / 2) == ([], []), "it does not look all the time"
        done, free = waiting.look(101.0 + LOOK_EVERY_S)
        assert done == [("m", pieces[0])]
        assert free == [("m", pieces[1])]
        assert len(waiting) == 1
    assert waiting.look(200.0) == ([], [("m", pieces[2])]), "the other driver has ended"
    assert len(waiting) == 0
