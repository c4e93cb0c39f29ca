"""Every verb of a feed, on the dashboard."""

from app.dashboard import Dashboard


def test_a_feed_does_what_it_is_told(llmock):
    feed = llmock.stream("/v1/prices", {"p": 1.0}, clock="virtual", seed=3)
    dashboard = Dashboard(feed.url)
    feed.wait_for_clients(1)
    feed.fault("invalid-json*1")
    feed.step(2)
    dashboard.wait_for(lambda: dashboard.broken == 1)
    feed.fail(times=2)
    feed.cut("rst")
    feed.wait_for_clients(1)
    assert [each.status for each in feed.journal] == [200, 503, 503, 200]
    feed.stall("10ms")
    feed.advance("1s")
    feed.push_raw('data: {"p": 7}\n\n')
    dashboard.wait_for(lambda: dashboard.price == 7)
    feed.pause()
    feed.resume()
    feed.cut("fin", after_events=2)
    feed.step(2)
    feed.wait_for_clients(1)
    feed.cut(mid_frame=True)
    feed.push({"p": 9})
    feed.wait_for_clients(1)
    dashboard.close()
    feed.end("enough")
    assert 9 not in dashboard.prices
    feed.verdict().check("reconnects", "ignores-half-event", "one-connection")
