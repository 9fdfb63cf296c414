"""The charts of a card are drawn before it is sent, and again when it is drawn anew."""

from cards.charts import Bar, FunnelChart
from tests.jobs.conftest import CHANNEL, Stage

FUNNEL = FunnelChart(title="October", steps=(Bar(label="MQL", n=3),))


async def test_a_card_is_sent_with_the_pictures_of_its_charts(stage: Stage) -> None:
    stage.charts["review"] = FUNNEL
    await stage.post("review", CHANNEL)
    await stage.post("line", CHANNEL)
    await stage.worker.drain()
    assert stage.chat.pictures == [b"October"]
