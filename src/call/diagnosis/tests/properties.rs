//! What holds whatever happens.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};

use super::stage::{Stage, relay};
use crate::{
    call::diagnosis::{CandidateKind, Check, CheckState, Input, MAX_MS, Reason, Results, Skipped, Verdict},
    protocol::IceServer,
};

fn any_check() -> impl Strategy<Value = Check> {
    select(Check::ALL.to_vec())
}

fn any_reason() -> impl Strategy<Value = Reason> {
    select(Reason::ALL.to_vec())
}

fn any_final() -> impl Strategy<Value = CheckState> {
    prop_oneof![
        (0..9_999_u64).prop_map(|ms| CheckState::Passed { ms }),
        (any_reason(), 0..9_999_u64).prop_map(|(reason, ms)| CheckState::Failed { reason, ms }),
        Just(CheckState::Skipped(Skipped::NeedsOther)),
        Just(CheckState::Skipped(Skipped::NotOffered)),
        Just(CheckState::Aborted),
    ]
}

fn any_servers() -> impl Strategy<Value = Vec<IceServer>> {
    prop_oneof![Just(relay()), Just(Vec::new())]
}

fn any_input() -> impl Strategy<Value = Input> {
    let kinds = vec![CandidateKind::Host, CandidateKind::Reflexive, CandidateKind::Relay];
    prop_oneof![
        (any_check(), prop_oneof![Just(Ok(())), any_reason().prop_map(Err)])
            .prop_map(|(check, result)| Input::Done { check, result }),
        any_servers().prop_map(Input::Joined),
        (any_check(), select(kinds)).prop_map(|(check, kind)| Input::Candidate { check, kind }),
        (any_check(), any::<u16>()).prop_map(|(check, code)| Input::CandidateError { check, code }),
        any_check().prop_map(|check| Input::GatheringEnded { check }),
        any_reason().prop_map(Input::SeatLost),
        Just(Input::Tick),
        Just(Input::Start),
        Just(Input::Stop),
    ]
}

proptest! {
    // The stage checks that nothing begins twice, runs beyond its limit or is kept after the end.
    #[test]
    fn whatever_happens_everything_ends_in_time_with_a_verdict(
        steps in vec((any_input(), 0..3_000_u64), 0..60),
    ) {
        let mut stage = Stage::begun();
        for (input, ms) in steps {
            stage.input(input);
            stage.passes(ms);
        }
        stage.ends();
    }

    #[test]
    fn without_a_hand_on_it_everything_ends_within_the_limit_of_the_whole(
        steps in vec((any_input(), 0..3_000_u64), 0..60),
    ) {
        let (mut stage, mut passed) = (Stage::begun(), 0);
        for (input, ms) in steps {
            stage.input(input);
            stage.passes(ms);
            passed += ms;
            prop_assert!(passed < MAX_MS || stage.verdict().is_some());
        }
    }

    // One for each, since it is a function; that it is the first that is true is what `ALL` says. It says
    // "all well" only if no check has failed that a call needs.
    #[test]
    fn all_is_well_only_if_a_call_can_be_made(states in vec(any_final(), Check::ALL.len())) {
        let results: Results = Check::ALL.into_iter().zip(states).collect();
        let passed = |check| matches!(results.get(&check), Some(CheckState::Passed { .. }));
        let aborted = results.values().any(|state| *state == CheckState::Aborted);
        let verdict = Verdict::of(&results);
        prop_assert_eq!(verdict == Verdict::Stopped, aborted);
        if matches!(verdict, Verdict::AllWell | Verdict::StreamsBlocked | Verdict::UdpBlocked) {
            prop_assert!(passed(Check::WebSocket));
            prop_assert!(passed(Check::TurnUdp) || passed(Check::TurnTcp) || passed(Check::TurnTls));
            for check in [Check::Loop, Check::Devices, Check::Browser] {
                let failed = results.get(&check).is_some_and(|state| state.reason().is_some());
                prop_assert!(!failed || check == Check::Browser, "{:?}", check);
            }
        }
        if passed(Check::WebSocket) {
            prop_assert!(!matches!(verdict, Verdict::WebSocketBlocked | Verdict::ServerUnreachable
                | Verdict::Offline | Verdict::Portal | Verdict::ServerRefuses));
        }
    }
}

#[test]
fn codes_are_unique_and_stay() {
    fn all_differ(codes: &[&str]) {
        let set: BTreeSet<_> = codes.iter().collect();
        assert_eq!(set.len(), codes.len());
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    }
    all_differ(&Check::ALL.map(Check::code));
    all_differ(&Reason::ALL.map(Reason::code));
    all_differ(&Verdict::ALL.map(Verdict::code));
    let mut sorted = Verdict::ALL;
    sorted.sort();
    assert_eq!(sorted, Verdict::ALL, "the order is that in which they are tried");
}
