# flake8: noqa: E501
"""Every promise of the contract has a test, and this table says which.

A promise is a list item, a row of a table, or a paragraph of a section of the
contract. It is told from the others by a few of its words, and must be found in
the table below with the test that would fail if it were broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.unit.pages import PAGES, ROOT

#: A few words of a promise, and where it is tested: ``folder/module::test``,
#: below ``tests``, without ``test_``.
PROMISES: Mapping[str, str] = {
    # 1. Endpoints
    "Server-Sent Events: regular": "unit/web::every_method_is_mocked_on_any_path",
    "as one JSON response": "unit/web::the_sibling_answers_once_in_json",
    "of all workers, newest first": "unit/manage::pages_joined_are_all_streams_once_and_in_order",
    "list; show or end one": "unit/feeds::an_operator_sees_a_feed_and_ends_it",
    "stop one, or all of a path": "unit/manage::all_streams_of_a_path_are_stopped_and_counted",
    "one stream, or all that are chosen": "unit/steering_web::a_verb_to_many_chooses_by_path_and_route",
    "wait for what a stream does": "unit/steering_web::an_open_stream_is_waited_for",
    "advance virtual clocks": "unit/virtual_time::nothing_happens_until_the_clock_is_advanced",
    "the contexts, the last used first": "unit/contexts_web::contexts_are_listed_shown_and_forgotten",
    "set fields beforehand": "unit/contexts_web::fields_set_beforehand_flow_into_answers",
    "forget one, or all": "unit/contexts_web::contexts_are_listed_shown_and_forgotten",
    "begin as a": "unit/hub_web::a_client_is_greeted_with_its_id",
    "receive messages over a WebSocket": "system/hub::a_client_that_leaves_takes_its_streams_with_it",
    "the feeds that hub clients subscribe to": "unit/hub_contexts::a_context_is_made_shown_stopped_started_and_deleted",
    "one hub context: show, delete": "unit/hub_contexts::a_context_is_made_shown_stopped_started_and_deleted",
    "push its data, or no more": "unit/hub_contexts::a_stopped_context_keeps_its_clients_and_sends_nothing",
    "the ones in force; make one or a list": "unit/routes_web::routes_are_made_shown_replaced_and_deleted",
    "one route: show, make or replace": "unit/routes_web::routes_are_made_shown_replaced_and_deleted",
    "whose operations are served; serve another": "unit/descriptions_web::a_description_is_sent_shown_served_and_deleted",
    "show what is served of it": "unit/descriptions_web::a_description_is_sent_shown_served_and_deleted",
    "check a route and make none": "unit/routes_web::what_would_serve_a_request_is_told_without_counting",
    "the client's own API, as the route says": "unit/routes_any::an_accepted_route_answers_any_request_as_it_says",
    "the ones that were uploaded; upload one": "system/recording::an_upload_is_refused_with_line_and_reason_and_deleted_when_unused",
    "one recording: show, delete": "system/recording::an_upload_is_refused_with_line_and_reason_and_deleted_when_unused",
    "the requests that were mocked; list or forget": "unit/journal::entries_are_listed_chosen_shown_and_forgotten",
    "one request, and how it was answered": "unit/journal::entries_are_listed_chosen_shown_and_forgotten",
    "how clients stand by the rules": "unit/verdict::the_verdict_of_the_api_names_rules_requests_and_why",
    "mark the end of a test": "unit/verdict::the_verdict_of_the_api_names_rules_requests_and_why",
    "the configured backends:": "integration/llm_client::the_key_is_nowhere_to_be_seen",
    "a snapshot whenever something has changed": "unit/console::a_snapshot_holds_streams_contexts_and_backends",
    "build a stream in the browser": "unit/console::the_page_may_load_nothing_that_is_not_ours",
    "alive; ready for new streams": "unit/web::health_and_readiness",
    "for Prometheus": "unit/metrics::the_page_is_prometheus_text",
    "the API reference, these pages": "unit/docs::every_link_of_a_page_leads_somewhere",
    "CORS preflight": "unit/web::pages_of_any_origin_may_read_and_preflight",
    "with any number of segments": "unit/web::every_method_is_mocked_on_any_path",
    "HEAD answers the headers alone": "system/leaving::head_holds_nothing",
    # 2. Options
    "lists every option": "unit/docs::every_place_of_an_option_is_documented",
    "The first source that carries a value": "unit/request_parse::the_first_place_that_holds_a_value_wins",
    "percent-encoded or raw": "unit/request_parse::a_query_is_read_encoded_and_raw",
    "The control keys of a shape": "unit/request_parse::control_keys_steer_and_are_no_data",
    "Whether a shape is an example": "unit/request_shape::a_schema_is_known_by_its_keywords",
    "Bad input is refused": "unit/web::bad_input_is_a_problem_document",
    # 3. Response headers
    "A stream answers `200` with": "unit/web::a_stream_has_the_headers_of_section_3",
    "a preflight allows the headers": "browser/cross_origin::any_page_may_send_any_header_and_read",
    "`Cors.AllowCredentials`": "browser/cross_origin::a_named_origin_may_read_with_credentials_and_without",
    "at most 4000 characters": "unit/web::a_long_shape_is_not_sent_back_in_a_header",
    "no page of another origin": "unit/access::management_is_never_shared_with_other_origins",
    # 4. Events
    "Every event is one unnamed message": "unit/events::any_text_passes_through_an_independent_reader",
    "Every event carries `id": "unit/events::the_first_block_has_retry_and_ids_count_from_zero",
    "makes one value": "unit/events::the_events_of_a_regular_stream",
    '{"content","done":true}': "unit/events::the_last_token_event_has_the_shape_where_it_is_asked_for",
    '{"data","index","total","done"}': "unit/events::the_events_of_a_regular_stream",
    '"arrayName","hasMore","done"}` per': "unit/events::the_events_of_a_regular_stream",
    "`done` is true on the last event": "unit/events::the_last_event_of_a_regular_stream_ends_it_and_makes_it_whole",
    "makes a value every interval": "unit/stream::batch_n_comes_n_intervals_after_the_first",
    "before anything is generated": "unit/stream::info_leaves_before_anything_is_generated",
    "`CompleteObjects`, each batch": "unit/events::the_events_of_a_batch",
    "`ArrayItems`, each element": "unit/events::the_events_of_a_batch",
    "`LlmTokens`, each token": "unit/events::the_events_of_a_batch",
    "`LlmTokens`, end of a batch": "unit/events::the_events_of_a_batch",
    "a batch failed": "unit/stream::a_failed_batch_is_said_and_the_stream_goes_on",
    "then the server closes": "unit/events::every_end_has_a_message_and_a_reason",
    "Batches count from 0": "unit/stream::a_batch_is_sent_whole_once_its_last_event_is",
    "a value's text has at most `MaxTokenTextBytes`": "unit/events::a_text_that_is_known_to_be_too_long_is_refused",
    "`max_duration`": "unit/stream::the_end_comes_on_time_while_waiting",
    "`max_events`": "unit/stream::a_stream_ends_after_so_many_batches_as_were_asked_for",
    "`stopped`": "unit/stream::a_stopped_stream_ends_at_once_even_asleep",
    "`shutdown`": "unit/stream::a_draining_server_ends_continuous_streams_and_takes_no_new_ones",
    "`errors`": "unit/stream::too_many_failures_in_a_row_end_the_stream",
    # 5. Time
    "INFO leaves before": "unit/stream::info_leaves_before_anything_is_generated",
    "no burst to catch up": "unit/stream::a_late_batch_moves_the_schedule_and_causes_no_burst",
    "With `jitter`": "unit/schedule::a_batch_moves_by_half_of_the_jitter_at_most_and_the_rate_stays",
    "Generating overlaps with waiting": "unit/stream::the_next_value_is_made_while_the_stream_waits",
    "END comes at `maxDuration`": "unit/stream::the_end_comes_on_time_in_the_middle_of_a_batch",
    "Between the elements and tokens": "unit/stream::chunks_and_elements_keep_the_configured_distance",
    "sends the comment": "system/heartbeats::python_clients_see_no_heartbeat",
    # 6. Ends, failures, reconnecting
    "A client that leaves frees": "system/leaving::a_stream_that_sleeps_ends_when_its_client_leaves",
    "never starts again by accident": "unit/web::a_finished_stream_does_not_start_again",
    "A regular stream commits to": "unit/web::a_failure_before_the_first_event_is_a_real_status",
    "tries again after 1, 2, 4": "unit/stream::failures_in_a_row_wait_longer_and_longer_up_to_a_minute",
    "`message` is fit for a client": "unit/web::a_fault_of_ours_shows_no_traceback",
    "A simulated error": "unit/web::a_simulated_error_is_one_event_with_its_status",
    "Over `MaxConcurrentStreams`": "unit/stream::the_limit_of_streams_is_kept_and_a_closed_one_makes_room",
    "On SIGTERM and SIGHUP": "system/draining::a_server_that_ends_tells_everyone_and_waits_for_regular_streams",
    # 7. Configuration
    "stops the start with one line": "system/serve_script::what_cannot_be_served_is_refused_with_one_line",
    "With no backend configured": "unit/settings::some_backend_always_serves",
    # 8. Access, and several workers
    "With `ApiKeys`": "unit/access::with_keys_the_mock_endpoints_want_one",
    "and nothing of management": "unit/routes_web::a_preflight_of_a_route_allows_its_methods",
    "only a direct client on this machine": "unit/access::without_a_key_management_is_for_direct_local_clients",
    "More than one worker needs": "system/management::workers_that_share_nothing_are_refused_with_one_line",
    "Wherever the service is started from": "system/starting::two_workers_without_a_redis_are_refused_wherever_they_come_from",
    "the digest of 16 hex digits": "unit/contexts_web::a_context_of_any_name_is_also_found_at_the_digest_that_is_shown",
}


def promises() -> Iterator[str]:
    """Each list item, row and paragraph, on one line."""
    text = re.sub(r"```.*?```", "", PAGES["contract"], flags=re.DOTALL)
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        for block in re.split(r"\n\n|\n(?=- )", section.partition("\n")[2]):
            lines = block.strip().splitlines()
            if lines and lines[0].startswith("|"):
                yield from lines[2:]
            elif lines and not lines[0].startswith("#"):
                yield " ".join(line.strip() for line in lines)


@pytest.mark.parametrize("promise", [*promises()])
def test_every_promise_is_tested(promise: str) -> None:
    assert any(words in promise for words in PROMISES), promise


@pytest.mark.parametrize("words", PROMISES)
def test_every_test_that_the_table_names_exists_for_a_promise(words: str) -> None:
    assert any(words in promise for promise in promises())
    module, _, test = PROMISES[words].partition("::")
    folder, _, name = module.partition("/")
    path = ROOT / "tests" / folder / f"test_{name}.py"
    assert f"def test_{test}(" in path.read_text("utf-8")
